/// The blocks that a lesson adds to a notebook.
package enum LessonBlock: String, Sendable {
  case predict, exercise, check, mistake, hint, solution, why, goal
}

/// A part of a lesson's text with its bytes: a frame, or a block of a question or an exercise.
package struct LessonPiece: Sendable {
  /// Nil for a frame.
  package let block: LessonBlock?
  /// The name behind `#`; empty when there is none.
  package let id: String
  /// The lines of a frame, or those between the fences.
  package let lines: [Substring]
  /// The bytes in the file, fences included.
  package let raw: [UInt8]
  package let line: Int

  package var body: String { lines.joined(separator: "\n") }

  /// Takes the bytes of a text apart, so that the pieces together are the text again; with the lines of
  /// blocks that do not end.
  package static func pieces(of raw: [UInt8], line first: Int) -> (
    pieces: [LessonPiece], unfinished: [Int]
  ) {
    var ends = raw.indices.filter { raw[$0] == 10 }.map { $0 + 1 }
    if ends.last != raw.count { ends.append(raw.count) }
    let starts = [0] + ends.dropLast()
    let lines = zip(starts, ends).map { start, end -> Substring in
      var stop = end
      while stop > start, raw[stop - 1] == 10 || raw[stop - 1] == 13 { stop -= 1 }
      return Substring(String(decoding: raw[start..<stop], as: UTF8.self))
    }
    var pieces: [LessonPiece] = []
    var unfinished: [Int] = []
    var frame = 0
    func add(_ block: LessonBlock?, _ id: String, _ body: Range<Int>, _ whole: Range<Int>) {
      guard !whole.isEmpty else { return }
      pieces.append(
        LessonPiece(
          block: block, id: id, lines: Array(lines[body]),
          raw: Array(raw[starts[whole.lowerBound]..<ends[whole.upperBound - 1]]),
          line: first + whole.lowerBound))
    }
    var at = 0
    while at < lines.count {
      let ticks = lines[at].prefix { $0 == "`" }
      let words = lines[at].dropFirst(ticks.count).split(separator: " ")
      guard ticks.count >= 3, let block = words.first.flatMap({ LessonBlock(rawValue: String($0)) })
      else {
        at += 1
        continue
      }
      let end = lines[(at + 1)...].firstIndex {
        $0.hasPrefix(ticks) && $0.allSatisfy { $0 == "`" || $0 == " " }
      }
      guard let end else {
        unfinished.append(first + at)
        break
      }
      add(nil, "", frame..<at, frame..<at)
      let id = words.dropFirst().first { $0.hasPrefix("#") }.map { String($0.dropFirst()) } ?? ""
      add(block, id, (at + 1)..<end, at..<(end + 1))
      (at, frame) = (end + 1, end + 1)
    }
    add(nil, "", frame..<lines.count, frame..<lines.count)
    return (pieces, unfinished)
  }
}
