import Drawing
import Language
import Library

/// A piece of what a cell shows, ready to be drawn.
package enum OutputBlock: Sendable {
  case lines([String])
  case picture(PlotObject)
  /// Drawn anew while its runs go on.
  case live(Value, [Run])

  /// The pieces of one item; a list of pictures is one piece each.
  static func blocks(_ item: OutputItem) -> [OutputBlock] {
    switch item {
    case .text(let text): [.lines(split(text))]
    case .value(let value): blocks(value)
    }
  }

  private static func blocks(_ value: Value) -> [OutputBlock] {
    switch value {
    case .object(let object):
      if let plot = object as? PlotObject { return [.picture(plot)] }
    case .list(let items):
      if holdsPlot(value) { return items.flatMap { blocks($0) } }
    case .record(let record):
      if holdsPlot(value) {
        return zip(record.names, record.fields).flatMap { [.lines([$0 + ":"])] + blocks($1.value) }
      }
    default: break
    }
    let runs = runs(in: value)
    return runs.isEmpty ? [.lines(split(value.text(width: 72)))] : [.live(value, runs)]
  }

  static func split(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func parts(_ value: Value) -> [Value] {
    switch value {
    case .list(let items): items
    case .record(let record): record.fields.map(\.value)
    default: []
    }
  }

  private static func holdsPlot(_ value: Value) -> Bool {
    if case .object(let object) = value { return object is PlotObject }
    return parts(value).contains { holdsPlot($0) }
  }

  private static func runs(in value: Value) -> [Run] {
    if case .object(let object) = value { return (object as? Run).map { [$0] } ?? [] }
    return parts(value).flatMap { runs(in: $0) }
  }

  /// Whether it may look otherwise in a moment.
  var isLive: Bool {
    switch self {
    case .lines: false
    case .picture(let plot): plot.runs.contains { !$0.job.status.isOver }
    case .live(_, let runs): runs.contains { !$0.job.status.isOver }
    }
  }

  func drawn(width: Int) -> Drawn.Piece {
    switch self {
    case .lines(let lines): .lines(lines)
    case .picture(let plot):
      .grid(plot.picture.draw(width: min(width, 100), height: nil, depth: .palette))
    case .live(let value, _): .lines(OutputBlock.split(value.text(width: 72)))
    }
  }
}

/// What a cell shows, as it was drawn last.
struct Drawn: Sendable {
  enum Piece: Sendable {
    case lines([String])
    case grid(Grid)
    /// Of the file, perhaps very many.
    case text(TextLines)

    var height: Int {
      switch self {
      case .text(let text): text.count
      case .lines(let lines): lines.count
      case .grid(let grid): grid.height
      }
    }
  }

  private(set) var pieces: [Piece] = [] {
    didSet { height = pieces.reduce(0) { $0 + $1.height } }
  }
  private(set) var height = 0
  private var width = 0
  private var tick = 0
  private(set) var wasLive = false
  private var source = Source.nothing

  /// What was drawn: an output of the file, or of the evaluation with a number.
  private enum Source: Equatable {
    case nothing
    case recorded(String)
    case evaluated(Int)
    case past(Int)
  }

  init() {}

  mutating func refresh(recorded text: String?) {
    let wanted = text.map { Source.recorded($0) } ?? .nothing
    guard wanted != source else { return }
    source = wanted
    wasLive = false
    pieces = text.map { [.text(TextLines($0))] } ?? []
  }

  /// Draws anew what may have changed.
  mutating func refresh(_ evaluated: StudioCell.Evaluated, width: Int, tick: Int) {
    let wanted = Source.evaluated(evaluated.number)
    if wanted == source, width == self.width, !wasLive { return }
    let isLive = evaluated.blocks.contains { $0.isLive }
    if wanted == source, width == self.width, isLive, tick == self.tick { return }
    (source, self.width, self.tick, wasLive) = (wanted, width, tick, isLive)
    pieces = evaluated.blocks.map { $0.drawn(width: width) }
  }

  mutating func refresh(past step: Int, _ blocks: [OutputBlock], width: Int) {
    if source == .past(step), width == self.width { return }
    (source, self.width, wasLive) = (.past(step), width, false)
    pieces = blocks.map { $0.drawn(width: width) }
  }

  /// Whether it follows something that goes on.
  var isLive: Bool { wasLive }
}

extension StudioCell {
  /// Draws anew what the cell shows, where it may have changed.
  mutating func redraw(width: Int, tick: Int) {
    if let past {
      drawn.refresh(past: past.step, past.blocks, width: width)
    } else if let evaluated {
      drawn.refresh(evaluated, width: width, tick: tick)
    } else {
      drawn.refresh(recorded: output?.body)
    }
  }
}

extension StudioCell {
  /// Forgets what was laid out and drawn, so that it is done anew.
  package mutating func forgetDrawing() { (laid, drawn) = (PageLayout.Laid(), Drawn()) }
}
