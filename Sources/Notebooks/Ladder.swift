import Library
import Training

/// How far recorded numbers lie from those found again: exactly the same, some units in the last place,
/// a share of the value; of a run, the first step that differs.
struct Ladder {
  /// Units in the last place of a 32 bit number that are let pass.
  let tolerance: Int

  /// What differs in a cell's output; nil when nothing does.
  func difference(of result: CellResult, _ recorded: Notebook.Output) -> String? {
    guard recorded.info.contains("src=\(result.src)") else {
      return "the code or what it reads has changed since it was recorded"
    }
    if result.isTimed { return nil }
    let text = result.text
    var recorded = recorded
    if recorded.body.contains("\r\n") {
      recorded.body = recorded.body.replacing("\r\n", with: "\n")
    }
    if recorded.body != text, recorded.body != text + "\n" {
      if let difference = difference(ofText: recorded.body, text) { return difference }
    } else if tolerance == 0, !recorded.info.contains("val=\(result.val)") {
      return "the recorded hash of its values differs"
    }
    let words = recorded.info.filter { $0.hasPrefix("src=") || $0.hasPrefix("val=") }
    return words.count == 2 ? nil : "its fence should name src and val once, it has \(words)"
  }

  /// The first line that differs by more than is let pass.
  private func difference(ofText recorded: String, _ found: String) -> String? {
    let a = recorded.split(separator: "\n", omittingEmptySubsequences: false)
    var b = found.split(separator: "\n", omittingEmptySubsequences: false)
    if a.last == "", b.last != "" { b.append("") }
    var isClose = true
    for (index, (x, y)) in zip(a, b).enumerated() where x != y {
      let numbers = (Self.numbers(x), Self.numbers(y))
      let isSameText =
        numbers.0.rest == numbers.1.rest && numbers.0.all.count == numbers.1.all.count
      let pairs = zip(numbers.0.all, numbers.1.all).filter { $0.0 != $0.1 }
      if isSameText, let pair = pairs.first {
        if tolerance > 0, pairs.allSatisfy({ isLetPass(Float($0.0), Float($0.1)) }) { continue }
        isClose = false
        return "output line \(index + 1): recorded `\(x)`, found `\(y)` "
          + distance(Float(pair.0), Float(pair.1))
      }
      isClose = false
      return "output line \(index + 1): recorded `\(x)`, found `\(y)`"
    }
    guard a.count == b.count else {
      return "the recorded output has \(a.count) lines, found \(b.count)"
    }
    return isClose && tolerance > 0 ? nil : "the recorded output has other line ends"
  }

  /// The numbers of a line, and the line without them.
  private static func numbers(_ line: Substring) -> (all: [Double], rest: String) {
    var all: [Double] = []
    var rest = ""
    var word = ""
    func end() {
      if let number = Double(word), word.contains(where: \.isNumber) {
        all.append(number)
        rest += "#"
      } else {
        rest += word
      }
      word = ""
    }
    for letter in line {
      if letter.isASCII, letter.isLetter || letter.isNumber || "+-.".contains(letter) {
        word.append(letter)
      } else {
        end()
        rest.append(letter)
      }
    }
    end()
    return (all, rest)
  }

  /// What differs between a recorded run and one that was done again; nil when nothing does.
  func difference(of recorded: Ledger.Entry, _ job: TrainingJob) -> String? {
    let now = job.series
    var first: (step: Int, text: String)?
    for series in recorded.series {
      guard let other = now.first(where: { $0.name == series.name }) else {
        return "there is no \(series.name) any more"
      }
      if let (step, text) = firstStep(series, other), step < first?.step ?? .max {
        first = (step, text)
      }
    }
    if let first { return first.text }
    for series in recorded.series {
      guard let other = now.first(where: { $0.name == series.name }) else { continue }
      if series.values.count != other.values.count || series.steps != other.steps {
        return "\(series.name) has \(series.values.count) recorded points, "
          + "found \(other.values.count), or they stand at other steps"
      }
    }
    if !recorded.isIntact, tolerance == 0 {
      return "its recorded checksum or counts do not fit its series"
    }
    if recorded.series.count != now.count {
      return "\(recorded.series.count) series were recorded, found \(now.count)"
    }
    return job.events == recorded.events ? nil : "it was steered otherwise than recorded"
  }

  private func firstStep(_ recorded: Series, _ now: Series) -> (Int, String)? {
    let count = min(recorded.values.count, now.values.count)
    guard let at = (0..<count).first(where: { !isSame(recorded.values[$0], now.values[$0]) }) else {
      return nil
    }
    let (x, y) = (recorded.values[at], now.values[at])
    let step = at < now.steps.count ? now.steps[at] : at + 1
    let text = "\(recorded.name) first differs at step \(step): recorded \(x), found \(y) "
    return (step, text + distance(x, y))
  }

  private func isSame(_ x: Float, _ y: Float) -> Bool {
    x.bitPattern == y.bitPattern || tolerance > 0 && isLetPass(x, y)
  }

  private func isLetPass(_ x: Float, _ y: Float) -> Bool {
    Ladder.ulps(x, y).map { $0 <= tolerance } ?? (x.isNaN && y.isNaN)
  }

  private func distance(_ x: Float, _ y: Float) -> String {
    guard let ulps = Ladder.ulps(x, y) else { return "(one of them is no number)" }
    let relative = abs(Double(x) - Double(y)) / max(abs(Double(y)), 1e-300)
    return "(\(ulps) ulp, relative \(Float(relative)))"
  }

  /// How many 32 bit numbers lie between two; nil when one of them is none.
  static func ulps(_ x: Float, _ y: Float) -> Int? {
    guard !x.isNaN, !y.isNaN else { return nil }
    func place(_ x: Float) -> Int {
      let bits = Int(x.bitPattern & 0x7FFF_FFFF)
      return x.sign == .minus ? -bits : bits
    }
    return abs(place(x) - place(y))
  }
}
