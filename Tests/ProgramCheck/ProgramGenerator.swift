import Library

/// Random numbers for tests: the same for a seed everywhere.
package struct Dice {
  private var state: UInt64

  package init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  package mutating func roll(_ sides: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % sides
  }

  package mutating func one<T>(of all: [T]) -> T { all[roll(all.count)] }
}

/// Programs grown from the grammar: every one can be read, most make sense here and there.
package struct ProgramGenerator {
  private var dice: Dice
  private var budget = 0

  package init(seed: Int) { dice = Dice(seed: seed) }

  /// What every program may use.
  package static let prologue = """
    n = 3; x = 0.5; t = "ab"; v = [1.0, -2.0, 3.0]; M = [[1, 2, 3], [4, 5, 6]]
    B = [true, false, true]; xs = ["a", [1, 2], none]; r = (a=1, b=[2.0, 3.0], c="t")
    f(a, b=2) = a * b + 1; g = a => sum(a^2)
    net = Linear(3, 2) >> tanh; d = (x=ones(4, 3), y=[0, 1, 0, 1])
    """

  private static let names = ["n", "x", "t", "v", "M", "B", "xs", "r", "d", "net", "a", "b", "e"]
  private static let words: [String] =
    StandardLibrary.words.filter {
      !["Data", "Runs"].contains($0.entry.family)
    }.map(\.entry.name) + Prelude.definitions.keys.sorted()
  private static let operators = [
    "+", "-", "*", "/", "//", "%", "^", "@", "++", "==", "!=", "<", "<=", ">", ">=", "in", "not in",
    "and", "or", ">>", "|>", "**", "≤",
  ]

  package mutating func program() -> String {
    budget = 40
    return (0...dice.roll(5)).map { _ in statement() }.joined(
      separator: dice.one(of: ["\n", "; "]))
      + "\n"
  }

  private mutating func statement() -> String {
    switch dice.roll(10) {
    case 0: "\(name()) = \(expression())"
    case 1: "\(name()), \(name()) = \(expression()), \(expression())"
    case 2: "\(name())[\(subscripts())] = \(expression())"
    case 3: "\(name()).\(dice.one(of: ["a", "b", "weight"])) = \(expression())"
    case 4: "\(name()) \(dice.one(of: ["+", "-", "*", "/"]))= \(expression())"
    case 5: "h(\(name()), k=\(expression())) = \(body())"
    case 6: "\(name()): [\(dice.one(of: ["q", "3", "q, w", "..., w"]))] = \(expression())"
    default: expression()
    }
  }

  private mutating func name() -> String { dice.one(of: Self.names) }

  private mutating func body() -> String {
    dice.roll(2) == 0 ? expression() : "{ \(statement()); \(expression()) }"
  }

  private mutating func expressions(_ most: Int) -> String {
    (0..<dice.roll(most + 1)).map { _ in expression() }.joined(separator: ", ")
  }

  private mutating func arguments() -> String {
    (0..<dice.roll(4)).map { _ in
      switch dice.roll(12) {
      case 0: "..." + expression()
      case 1: dice.one(of: ["axis", "keepdims", "k", "b"]) + "=" + expression()
      case 2: "_"
      default: expression()
      }
    }.joined(separator: ", ")
  }

  private mutating func subscripts() -> String {
    (0...dice.roll(3)).map { _ in
      switch dice.roll(7) {
      case 0: ":"
      case 1: "\(dice.roll(4)):\(dice.roll(6) - 2)"
      case 2: "::\(dice.one(of: ["2", "-1"]))"
      case 3: "..."
      case 4: "none"
      default: expression()
      }
    }.joined(separator: ", ")
  }

  private mutating func literal() -> String {
    switch dice.roll(14) {
    case 0: "\(dice.roll(5))"
    case 1: "\(dice.roll(9) - 4)"
    case 2: dice.one(of: ["0.5", "1e-3", "2.", "0xff", "1_000", "9223372036854775807", "1e308"])
    case 3: dice.one(of: ["true", "false", "none", "inf", "nan", "pi"])
    case 4: "\"a{\(name()):\(dice.one(of: [".2f", ">8", "d", ".1%", ""]))}\\n\""
    case 5: "'raw'"
    default: name()
    }
  }

  private mutating func expression() -> String {
    budget -= 1
    if budget < 0 { return literal() }
    switch dice.roll(22) {
    case 0...4: return literal()
    case 5: return "[\(expressions(4))]"
    case 6: return "(\(expressions(2)),)".replacing("(,)", with: "()")
    case 7: return "(a=\(expression()), b=\(expression()))"
    case 8, 9: return "\(dice.one(of: Self.words))(\(arguments()))"
    case 10: return "\(dice.one(of: ["f", "g", "net", "h", "grad(g)"]))(\(arguments()))"
    case 11: return "\(wrapped())[\(subscripts())]"
    case 12:
      return
        "\(wrapped()).\(dice.one(of: ["T", "shape", "a", "b", "size", "mean()", "sum(axis=0)"]))"
    case 13: return "\(dice.one(of: ["-", "not ", "+"]))\(wrapped())"
    case 14:
      return
        "if \(expression()) { \(statement()) }"
        + (dice.roll(2) == 0 ? "" : " else { \(statement()) }")
    case 15: return "for e in \(expression()) { \(statement()) }"
    case 16: return "[\(expression()) for e in \(expression()) if \(expression())]"
    case 17: return "try { \(statement()) } else err { \(statement()) }"
    case 18: return "(a => \(body()))"
    default: return "\(wrapped()) \(dice.one(of: Self.operators)) \(wrapped())"
    }
  }

  private mutating func wrapped() -> String {
    dice.roll(3) == 0 ? literal() : "(\(expression()))"
  }
}

/// Texts that are nearly programs: bytes of one changed, taken away, doubled or brought in from another.
package struct ByteMutator {
  private var dice: Dice

  package init(seed: Int) { dice = Dice(seed: seed) }

  private static let pieces = [
    "(", ")", "[", "]", "{", "}", "\"", "'", "\"\"\"", "\\", "=>", "...", ":", ",", "\n", "\0", "é",
    "\u{202E}", "\u{FEFF}", "9999999999999999999", "1e999", "if", "for", "_", "=", "|>", "@", "^",
  ]

  package mutating func mutated(_ source: String, with other: String) -> String {
    var bytes = Array(source.utf8)
    for _ in 0...dice.roll(4) {
      if bytes.isEmpty { bytes = [49] }
      let at = dice.roll(bytes.count)
      switch dice.roll(6) {
      case 0: bytes[at] = UInt8(dice.roll(256))
      case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + dice.roll(8)))
      case 2: bytes.insert(contentsOf: Array(dice.one(of: Self.pieces).utf8), at: at)
      case 3:
        let part = bytes[at..<min(bytes.count, at + 1 + dice.roll(20))]
        bytes.insert(contentsOf: Array(part), at: dice.roll(bytes.count))
      case 4:
        let more = Array(other.utf8)
        let from = dice.roll(max(1, more.count))
        bytes.insert(contentsOf: more[min(from, more.count)...].prefix(1 + dice.roll(30)), at: at)
      default: bytes.removeLast(dice.roll(min(bytes.count, 12)))
      }
    }
    return String(decoding: bytes.prefix(4000), as: UTF8.self)
  }
}
