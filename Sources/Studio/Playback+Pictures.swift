import Drawing

/// What a playback shows where there is no terminal.
extension Playback {
  /// The picture of this moment as text, at the recorded size or another.
  package func picture(size: (columns: Int, rows: Int)?) -> String {
    var shown = state
    if let size {
      shown.size = size
      shown.refresh()
    }
    return StudioView.draw(shown).grid.plainText()
  }

  /// Everything from here to the end, at the moments of the recording. What is computed meanwhile is
  /// shown as it comes.
  package func asciicast() throws(Problem) -> String {
    let sizes = recording.moments.compactMap { moment -> (columns: Int, rows: Int)? in
      if case .size(let columns, let rows) = moment.event { (columns, rows) } else { nil }
    }
    let columns = sizes.map(\.columns).max() ?? state.size.columns
    var cast = Asciicast(
      columns: columns, rows: sizes.map(\.rows).max() ?? state.size.rows, title: recording.name)
    var (reached, waited) = (time, 0.0)
    for moment in recording.moments + [.init(time: recording.duration, event: .rest)] {
      let wanted = Double(moment.time)
      guard wanted >= reached else { continue }
      seek(to: wanted)
      waited = 0
      while isSeeking {
        try advance(by: 0)
        let (grid, cursor) = StudioView.draw(state)
        cast.add(grid, cursor: cursor, milliseconds: min(wanted, max(time, reached + waited)))
        guard isSeeking else { break }
        wait(milliseconds: 40)
        waited += 40
      }
      reached = wanted
    }
    return cast.text
  }

  /// Minutes and seconds.
  package static func clock(_ milliseconds: Double) -> String { PlayProgram.clock(milliseconds) }
}
