import Language
import Plots

/// A question with one right answer, and a reply to each wrong one.
package struct Question: Sendable {
  package enum Kind: Sendable, Equatable {
    case choice
    /// A number; an answer that is no further away than this from the code's value is right.
    case number(tolerance: Double)
    /// Lines to put in order; they stand in the right one in the file.
    case order
    /// Which of several curves will appear.
    case curve
  }

  package struct Choice: Sendable, Equatable {
    package let text: String
    package let isRight: Bool
    /// What to say to who chooses it.
    package let reply: String
  }

  package enum Place: Sendable { case prediction, why }

  package let place: Place
  package let id: String
  package let kind: Kind
  /// The code that a prediction is about, or the words of a question.
  package let body: String
  package let choices: [Choice]
  package let line: Int

  /// What is asked, with a kind and an answer for each `- text :: reply` line at its end; `*` begins
  /// the reply of the right one.
  init(_ place: Place, id: String, _ text: String, line: Int, problems: inout [(Int, String)]) {
    var kind = Kind.choice
    var body: [Substring] = []
    var choices: [Choice] = []
    for piece in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if piece.hasPrefix("- ") {
        choices.append(Question.choice(piece.dropFirst(2)))
      } else if let tolerance = Question.tolerance(piece) {
        kind = .number(tolerance: tolerance)
      } else if piece == "order" || piece == "curve" {
        kind = piece == "order" ? .order : .curve
      } else if choices.isEmpty {
        body.append(piece)
      } else if !piece.allSatisfy(\.isWhitespace) {
        problems.append((line, "nothing but choices may follow the first choice"))
      }
    }
    while body.last?.allSatisfy(\.isWhitespace) == true { body.removeLast() }
    (self.place, self.id, self.kind, self.line) = (place, id, kind, line)
    self.body = body.joined(separator: "\n")
    self.choices = choices
    switch kind {
    case .choice, .curve:
      if choices.count(where: \.isRight) != 1 {
        problems.append((line, "exactly one choice is right: begin its reply with *"))
      }
    case .order:
      if choices.count < 3 { problems.append((line, "three lines or more can be put in order")) }
    case .number:
      if choices.contains(where: { Double($0.text) == nil }) {
        problems.append(
          (line, "the replies of a question for a number are to numbers: - 0.5 :: reply"))
      }
    }
  }

  private static func choice(_ line: Substring) -> Choice {
    guard let split = line.firstRange(of: " ::") else {
      return Choice(text: trimmed(line), isRight: false, reply: "")
    }
    let reply = trimmed(line[split.upperBound...])
    let isRight = reply.hasPrefix("*")
    return Choice(
      text: trimmed(line[..<split.lowerBound]), isRight: isRight,
      reply: isRight ? trimmed(reply.dropFirst()) : reply)
  }

  private static func tolerance(_ line: Substring) -> Double? {
    let words = line.split(separator: " ")
    guard words.count == 2, words[0] == "number" else { return nil }
    return Double(words[1])
  }

  /// The order in which lines to be ordered are shown: never the right one.
  package var shown: [Int] {
    guard kind == .order else { return Array(choices.indices) }
    // By a hash of their words, so that it is the same every time; turned by one where it is right.
    let mixed = choices.indices.sorted {
      (hash(choices[$0].text), $0) < (hash(choices[$1].text), $1)
    }
    return mixed == Array(choices.indices) ? Array(mixed.dropFirst() + mixed.prefix(1)) : mixed
  }

  private func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// What is asked of a learner.
  package var heading: String {
    guard place == .prediction else { return body }
    return switch kind {
    case .choice: "Before it runs: what will this give?"
    case .number: "Before it runs: which number will this be, roughly?"
    case .order: "In which order do these lines belong? Answer with their numbers."
    case .curve: "Before it runs: which curve will this be?"
    }
  }

  /// A choice as it is shown: curves are drawn.
  package func drawn(_ choice: Choice) -> String {
    guard kind == .curve else { return choice.text }
    let values = choice.text.split { "[], ".contains($0) }.compactMap { Double($0) }
    return Sparkline.text(values, width: 32)
  }

  package var isForNumber: Bool { if case .number = kind { true } else { false } }

  /// Under which name progress notes it.
  package var key: String { place == .why ? "why-" + id : id }

  package enum Judgement: Sendable, Equatable {
    case right(String)
    case wrong(String)
    /// Not an answer to this question; what would be one.
    case unclear(String)
  }

  /// What an answer is worth: the number of a choice, its text, a number, or an order. `value` is what
  /// the code gave.
  package func judge(_ answer: String, value: Double?) -> Judgement {
    let answer = trimmed(answer[...])
    switch kind {
    case .choice, .curve:
      // A choice's own text goes before its place: choices may be numbers.
      let at = choices.firstIndex { $0.text == answer } ?? Int(answer).map { $0 - 1 } ?? -1
      guard choices.indices.contains(at) else {
        return .unclear("answer with a number from 1 to \(choices.count)")
      }
      return choices[at].isRight ? .right(choices[at].reply) : .wrong(choices[at].reply)
    case .number(let tolerance):
      guard let guess = Double(answer) else { return .unclear("answer with a number") }
      guard let value else { return .wrong("") }
      // 2.1 is within 0.1 of 2, whatever binary fractions say.
      func isNear(_ other: Double) -> Bool { abs(guess - other) <= tolerance * (1 + 1e-9) }
      if isNear(value) { return .right(choices.first(where: \.isRight)?.reply ?? "") }
      let reply = choices.first { !$0.isRight && Double($0.text).map(isNear) == true }?.reply ?? ""
      let truth = "it is \(shortText(value)), your guess is \(shortText(guess))"
      return .wrong(reply.isEmpty ? truth : "\(reply) (\(truth))")
    case .order:
      let places = answer.split { $0 == " " || $0 == "," }.compactMap { Int($0) }
      let lines = shown
      guard places.count == lines.count, Set(places) == Set(1...lines.count) else {
        return .unclear(
          "answer with the numbers 1 to \(lines.count) in an order, such as "
            + (1...lines.count).reversed().map { "\($0)" }.joined(separator: " "))
      }
      let given = places.map { lines[$0 - 1] }
      if given == Array(choices.indices) { return .right("") }
      let first = zip(given, choices.indices).first { $0 != $1 }?.1 ?? 0
      return .wrong("line \(first + 1) of your order is not right yet")
    }
  }

  /// The answer that is right.
  package func solution(value: Double?) -> String {
    switch kind {
    case .choice, .curve: choices.first(where: \.isRight)?.text ?? ""
    case .number: value.map(shortText) ?? ""
    case .order:
      choices.indices.map { at in "\((shown.firstIndex(of: at) ?? 0) + 1)" }
        .joined(separator: " ")
    }
  }
}

func trimmed(_ text: some StringProtocol) -> String {
  let kept = text.drop(while: \.isWhitespace)
  guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
  return String(kept[...last])
}

/// A number as the language prints it.
func shortText(_ x: Double) -> String { Value.number(x).text(width: 40) }
