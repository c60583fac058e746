import Files
import Training

/// What the runs of a notebook recorded, as lines at its end.
package struct Ledger: Sendable {
  package struct Entry: Sendable {
    /// `cell.number`, the number from 1.
    package let run: String
    package var series: [Series]
    package var events: [SteeringEvent]
    /// Whether the recorded checksum agrees with the recorded numbers.
    package var isIntact = true
    /// The lines of a block that is not intact, so that it is written as it stands.
    var lines: [String]?
  }

  package var entries: [Entry] = []
  /// Blocks and lines that are no series, as they stand in the file.
  package var others: [String] = []

  package init() {}

  package subscript(run: String) -> Entry? { entries.first { $0.run == run } }

  private static let pointsOfLine = 4096

  fileprivate static func sum(_ entry: Entry) -> String {
    var hasher = SHA256()
    hasher.update(entry.series)
    for event in entry.events { hasher.update(event.line) }
    return hasher.finishShort()
  }

  private static func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
  }

  fileprivate static func words(_ bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { at in
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
  }

  /// The text of the ledger; nil when there is nothing to record.
  package var text: String? {
    guard !entries.isEmpty || !others.isEmpty else { return nil }
    let lines = Ledger.head + entries.flatMap(Ledger.block) + others
    return (lines + ["", Ledger.foot, ""]).joined(separator: "\n")
  }

  private static let head = [
    "<!-- gradus:ledger  machine-written, do not edit by hand -->",
    "<details><summary>recorded series</summary>", "",
  ]
  private static let foot = "</details>"

  /// The lines of one run.
  package static func block(_ entry: Entry) -> [String] {
    if let lines = entry.lines { return lines }
    var lines: [String] = []
    lines.append("```series \(entry.run) sum=\(Ledger.sum(entry))")
    lines += entry.events.map(\.line)
    for series in entry.series {
      let isPlain = series.steps == Array(1...max(1, series.steps.count))
      lines.append("\"\(series.name)\" \(series.values.count)")
      if isPlain {
        lines.append("steps 1..\(series.steps.count)")
      } else {
        lines.append(
          "steps b64 "
            + Base64.text(Ledger.bytes(series.steps.map { UInt32(truncatingIfNeeded: $0) })))
      }
      for start in stride(from: 0, to: series.values.count, by: Ledger.pointsOfLine) {
        let part = series.values[start..<min(series.values.count, start + Ledger.pointsOfLine)]
        lines.append("f32 b64 " + Base64.text(Ledger.bytes(part.map(\.bitPattern))))
      }
    }
    lines.append("```")
    return lines
  }

  /// The runs of a cell.
  package func entries(of cell: String) -> [Entry] {
    entries.filter { entry in
      entry.run.lastIndex(of: ".").map { entry.run[..<$0] == cell } ?? false
    }
  }

  /// Reads what `text` writes; lines that are not understood spoil only their own run.
  package init(_ text: String) {
    var reader = LedgerReader()
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
    while let line = lines.popFirst() { reader.read(line) }
    reader.end()
    (entries, others) = (reader.entries, reader.others)
  }

  fileprivate static func isFrame(_ line: Substring) -> Bool {
    line.isEmpty || line == head[0] || line == head[1] || line == foot
  }
}

/// Takes the lines of a ledger one by one.
private struct LedgerReader {
  private(set) var entries: [Ledger.Entry] = []
  private(set) var others: [String] = []
  private var entry: Ledger.Entry?
  private var sum = ""
  private var lines: [String] = []
  /// How many points the series at hand should have, and whether their steps count from 1.
  private var count: Int?
  private var isPlain = false
  /// The ticks of a block that is no series.
  private var foreign: Int?

  mutating func read(_ line: Substring) {
    let ticks = line.prefix { $0 == "`" }.count
    if let open = foreign {
      others.append(String(line))
      if ticks >= open, line.dropFirst(ticks).allSatisfy({ $0 == " " }) { foreign = nil }
    } else if line.hasPrefix("```series ") {
      end()
      lines = [String(line)]
      let words = line.split(separator: " ")
      entry = Ledger.Entry(run: words.count > 1 ? String(words[1]) : "", series: [], events: [])
      sum = words.first { $0.hasPrefix("sum=") }.map { String($0.dropFirst(4)) } ?? ""
    } else if entry != nil {
      lines.append(String(line))
      if ticks >= 3 { end() } else if !line.isEmpty { readPoint(line) }
    } else if ticks >= 3 {
      others.append(String(line))
      foreign = ticks
    } else if !Ledger.isFrame(line) {
      others.append(String(line))
    }
  }

  private mutating func readPoint(_ line: Substring) {
    let words = line.split(separator: " ")
    if words.first == "event" {
      guard let event = Self.event(line) else {
        entry?.isIntact = false
        return
      }
      entry?.events.append(event)
    } else if line.hasPrefix("\""), let quote = line.lastIndex(of: "\""), quote != line.startIndex {
      endSeries()
      entry?.series.append(Series(String(line[line.index(after: line.startIndex)..<quote])))
      count = Int(line[line.index(after: quote)...].drop { $0 == " " })
      if count == nil { entry?.isIntact = false }
    } else if let last = entry?.series.indices.last {
      if words.count == 2, words[0] == "steps", words[1].hasPrefix("1..") {
        isPlain = true
        if Int(words[1].dropFirst(3)) != count { entry?.isIntact = false }
      } else if words.count == 3, words[1] == "b64", let bytes = Base64.bytes(words[2]),
        Base64.text(bytes) == words[2]
      {
        let numbers = Ledger.words(bytes)
        if words[0] == "steps" {
          entry?.series[last].steps = numbers.map { Int($0) }
        } else if words[0] == "f32" {
          entry?.series[last].values += numbers.map { Float(bitPattern: $0) }
        } else {
          entry?.isIntact = false
        }
      } else {
        entry?.isIntact = false
      }
    } else {
      entry?.isIntact = false
    }
  }

  private static func event(_ line: Substring) -> SteeringEvent? {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, let step = Int(words[1]), let kind = SteeringEvent.Kind(line: words[2])
    else { return nil }
    return SteeringEvent(step: step, kind)
  }

  private mutating func endSeries() {
    guard let last = entry?.series.indices.last, let found = entry?.series[last].values.count else {
      return
    }
    // Only as many steps as there are values, whatever was declared.
    if isPlain { entry?.series[last].steps = found > 0 ? Array(1...found) : [] }
    if found != count || entry?.series[last].steps.count != found { entry?.isIntact = false }
    (count, isPlain) = (nil, false)
  }

  mutating func end() {
    endSeries()
    guard var done = entry else { return }
    if Ledger.sum(done) != sum { done.isIntact = false }
    if !done.isIntact {
      done.lines = lines + (lines.last?.hasPrefix("```") == true && lines.count > 1 ? [] : ["```"])
    }
    lines = []
    entries.append(done)
    entry = nil
  }
}

extension SHA256 {
  fileprivate mutating func update(_ all: [Series]) {
    for series in all {
      update(series.name)
      series.steps.map { UInt32(truncatingIfNeeded: $0).littleEndian }.withUnsafeBytes {
        update($0)
      }
      series.values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { update($0) }
    }
  }

  /// Everything that was recorded of a run.
  mutating func update(_ entry: Ledger.Entry) {
    update(entry.run)
    update(entry.series)
    for event in entry.events { update(event.line) }
  }
}

extension SteeringEvent {
  /// The line of a ledger that keeps it.
  fileprivate var line: String { "event \(step) \(kind.line)" }
}
