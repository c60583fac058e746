/// A recorded notebook with one digit changed, in what a cell showed or in what a run recorded.
package struct DigitEdits {
  private let bytes: [UInt8]
  private var changes: ByteChanges
  /// Where the digits lie that a replay has to find.
  private var places: [Int] = []

  package init(_ bytes: [UInt8], seed: Int) {
    self.bytes = bytes
    changes = ByteChanges(seed: seed)
    var isRecorded = false
    var start = 0
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      let text = String(decoding: line, as: UTF8.self)
      let opens = text.hasPrefix("```out ") || text.hasPrefix("```series ")
      if opens || isRecorded {
        places += line.indices.filter { isDigit(line[$0]) && !(opens && isName(text, $0 - start)) }
      }
      if opens { isRecorded = true } else if text.hasPrefix("```") { isRecorded = false }
      start += line.count + 1
    }
  }

  /// Whether anything was recorded that could be edited.
  package var hasPlaces: Bool { !places.isEmpty }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  /// Digits of names belong to no number; a changed name is told otherwise.
  private func isName(_ line: String, _ at: Int) -> Bool {
    guard let hash = line.firstIndex(of: "#") else { return false }
    let rest = line[hash...]
    let end = rest.firstIndex(of: " ") ?? line.endIndex
    let range =
      line.utf8.distance(
        from: line.startIndex, to: hash)..<line.utf8.distance(
        from: line.startIndex, to: end)
    return range.contains(at)
  }

  /// The file with another digit somewhere, and the line that it stands in.
  package mutating func next() -> (bytes: [UInt8], line: String) {
    var result = bytes
    let at = places[changes.roll(places.count)]
    result[at] = 48 + (bytes[at] - 48 + UInt8(1 + changes.roll(9))) % 10
    let start = (result[..<at].lastIndex(of: 10) ?? -1) + 1
    let end = result[at...].firstIndex(of: 10) ?? result.count
    return (result, String(decoding: result[start..<end], as: UTF8.self))
  }
}
