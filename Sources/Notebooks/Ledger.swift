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
  }

  package var entries: [Entry] = []

  package init() {}

  package subscript(run: String) -> Entry? { entries.first { $0.run == run } }

  private static let pointsOfLine = 4096

  private static func sum(_ entry: Entry) -> String {
    var hasher = SHA256()
    for series in entry.series {
      hasher.update(series.name)
      series.steps.map { UInt32(truncatingIfNeeded: $0).littleEndian }.withUnsafeBytes {
        hasher.update($0)
      }
      series.values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { hasher.update($0) }
    }
    return hasher.finishShort()
  }

  private static func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
  }

  private static func words(_ bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count / 4 * 4, by: 4).map { at in
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
  }

  /// The text of the ledger; nil when there is nothing to record.
  package var text: String? {
    guard !entries.isEmpty else { return nil }
    var lines = [
      "<!-- gradus:ledger  machine-written, do not edit by hand -->",
      "<details><summary>recorded series</summary>", "",
    ]
    for entry in entries {
      lines.append("```series \(entry.run) sum=\(Ledger.sum(entry))")
      for event in entry.events {
        lines.append("event \(event.step) \(event.kind.line)")
      }
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
    }
    return (lines + ["", "</details>", ""]).joined(separator: "\n")
  }

  /// Reads what `text` writes; lines that are not understood spoil only their own run.
  package init(_ text: String) {
    var entry: Entry?
    var sum = ""
    func end(_ ledger: inout Ledger) {
      guard var done = entry else { return }
      if Ledger.sum(done) != sum { done.isIntact = false }
      ledger.entries.append(done)
      entry = nil
    }
    for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
      let words = line.split(separator: " ")
      if line.hasPrefix("```series "), words.count >= 2 {
        end(&self)
        entry = Entry(run: String(words[1]), series: [], events: [])
        sum = words.first { $0.hasPrefix("sum=") }.map { String($0.dropFirst(4)) } ?? ""
      } else if line.hasPrefix("```") {
        end(&self)
      } else if entry == nil {
        continue
      } else if words.first == "event", words.count >= 3, let step = Int(words[1]) {
        let rest = line.split(separator: " ", maxSplits: 2)[2]
        if let kind = SteeringEvent.Kind(line: rest) {
          entry?.events.append(SteeringEvent(step: step, kind))
        } else {
          entry?.isIntact = false
        }
      } else if line.hasPrefix("\""), let quote = line.dropFirst().firstIndex(of: "\"") {
        entry?.series.append(Series(String(line[line.index(after: line.startIndex)..<quote])))
      } else if let last = entry?.series.indices.last {
        if words.first == "steps", words.count == 2, words[1].hasPrefix("1.."),
          let count = Int(words[1].dropFirst(3)), count >= 0, count < 1 << 26
        {
          entry?.series[last].steps = count == 0 ? [] : Array(1...count)
        } else if words.count == 3, words[1] == "b64", let bytes = Base64.bytes(words[2]) {
          let numbers = Ledger.words(bytes)
          if words[0] == "steps" {
            entry?.series[last].steps = numbers.map { Int($0) }
          } else {
            entry?.series[last].values += numbers.map { Float(bitPattern: $0) }
          }
        } else {
          entry?.isIntact = false
        }
      }
    }
    end(&self)
  }
}
