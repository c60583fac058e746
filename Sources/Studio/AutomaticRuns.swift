// Cells that have become stale are run again by themselves where that is quick and was asked for.
extension StudioState {
  /// Milliseconds that running a cell again may take.
  private static let quick = 200.0

  /// Queues the stale cells whose last run was quick and trained nothing.
  mutating func rerunQuick() -> [Effect] {
    guard isAutomatic, !cells.contains(where: { $0.activity != .idle }) else { return [] }
    refreshSources()
    let stale = cells.indices.filter { at in
      guard !cells[at].isConcealed, cells[at].isRunForOthers, condition(at) == .stale,
        let evaluated = cells[at].evaluated
      else { return false }
      return evaluated.result.error == nil && evaluated.result.runs.isEmpty
        && evaluated.milliseconds < Self.quick
    }
    guard !stale.isEmpty else { return [] }
    for at in stale { queue(at, isOneOfMany: true) }
    return startReady()
  }
}
