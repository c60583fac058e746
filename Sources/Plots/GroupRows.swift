import Drawing

/// Named groups of numbers, one below the other over a common axis.
struct GroupRows: Sendable {
  let names: [String]
  let groups: [[Double]]
  let title: String

  init(_ names: [String], _ groups: [[Double]], title: String) {
    self.names = names.map { Sanitize.text($0) }
    (self.groups, self.title) = (groups, title)
  }

  func name(_ index: Int) -> String { index < names.count ? names[index] : "\(index)" }

  /// What is said of each group, in one sentence; nothing is said of one without a finite value.
  func description(_ each: (String, [Double]) -> String?) -> String {
    guard !groups.isEmpty else { return "No groups." }
    return groups.enumerated().map { index, values in
      each(name(index), values) ?? "\(name(index)) has no finite value"
    }.joined(separator: "; ") + "."
  }

  /// Where the rows lie.
  struct Frame {
    let scale: Scale
    let top: Int
    /// Columns for names.
    let gutter: Int
    let columns: Int
    /// Rows that there are for groups.
    let limit: Int
  }

  enum Layout {
    case frame(Frame)
    /// What is drawn where there is nothing to see or no room.
    case message(Grid)
  }

  func layout(_ scale: Scale?, width: Int, height: Int?, description: String) -> Layout {
    guard let scale else {
      let text = groups.isEmpty ? "no groups" : "no finite value"
      return .message(Grid.message(text, width: width, height: height))
    }
    let top = title.isEmpty ? 0 : 1
    let names = groups.indices.map(name)
    let widest = (names.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    var gutter = min(width / 3, widest)
    // Names that could not be told apart get more room.
    if Set(names.map { Labels.fitted($0, gutter - 2) }).count < Set(names).count {
      gutter = min(width / 2, widest)
    }
    let limit = (height ?? .max) - top - 2
    guard width - gutter >= 8, limit >= 1 else {
      return .message(Grid.message(description, width: width, height: height))
    }
    return .frame(
      Frame(scale: scale, top: top, gutter: gutter, columns: width - gutter, limit: limit))
  }

  /// The name of a group at the left of its row.
  func writeName(_ index: Int, on grid: inout Grid, _ frame: Frame, row: Int) {
    grid.write(Labels.fitted(name(index), frame.gutter - 2), column: 0, row: row)
  }
}
