import Autograd
import Language
import Tensors
import Vocabulary

/// Texts as numbers: whole words, and pieces that are frequent.
extension StandardLibrary {
  private static func texts(_ call: Call, _ name: String, _ interpreter: Interpreter) throws
    -> [String]
  {
    if case .text(let text) = call[name] { return [text] }
    return try call.elements(name, interpreter).map { item in
      guard case .text(let text) = item else {
        throw call.wrong(name, expected: "a text, or a list of texts")
      }
      return text
    }
  }

  static let codeWords: [Builtin] = [
    Builtin(
      Entry(
        "codes", family: "Data", [Argument("words", .list, "Texts.")],
        summary: "A number for every different text: a record with n, names and ids.",
        details: "Texts are numbered in the order of their code points.",
        examples: [Example("codes([\"b\", \"a\", \"b\"]).ids", prints: "[1, 0, 1]")])
    ) { call, interpreter in
      let all = try texts(call, "words", interpreter)
      let names = Set(all).sorted { a, b in
        a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
      }
      let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int64($0)) })
      return .record(
        Record([
          ("n", .integer(names.count)), ("names", .list(names.map { .text($0) })),
          ("ids", .tensor(Variable(try Tensor(all.map { numbers[$0] ?? 0 })))),
        ]))
    },
    Builtin(
      Entry(
        "bpe", family: "Data",
        [
          Argument("text", .any, "A text, or a list of texts."),
          Argument("n", .integer, "How many tokens: the 256 bytes and what is joined of them."),
        ],
        summary: "Tokens of frequent pieces of a text: a record with n, tokens, encode and decode.",
        details: "Byte pair encoding, Sennrich 2016: the most frequent pair is joined, again and "
          + "again; of equals the one with the smaller numbers. Pairs never reach across blanks.",
        examples: [
          Example(
            "{ t = bpe(\"low lower lowest\", 258); t.decode(t.encode(\"slow\")) }", prints: "slow"),
          Example("len(bpe(\"aaaa\", 258).encode(\"aaaa\"))", prints: "1"),
        ])
    ) { call, interpreter in
      let n = try call.integer("n")
      guard n >= 256, n <= 1 << 20 else {
        throw call.error("n counts the 256 bytes too, this is \(n)", at: "n")
      }
      let pairs = try BytePairs(texts(call, "text", interpreter), count: n) {
        try interpreter.checkInterruption()
      }
      let encode = derived("encode") { arguments, _ in
        guard arguments.count == 1, case .text(let text) = arguments[0] else {
          throw LanguageError("kind", "encode takes a text")
        }
        return .tensor(Variable(try Tensor(pairs.encoded(text).map { Int64($0) })))
      }
      let decode = derived("decode") { arguments, _ in
        guard arguments.count == 1, let ids = arguments[0].variable?.value,
          !ids.dtype.isFloat || ids.count == 0
        else { throw LanguageError("kind", "decode takes whole numbers") }
        var bytes: [UInt8] = []
        for i in 0..<ids.count {
          let at = ids.integer(at: i)
          guard pairs.pieces.indices.contains(at) else {
            throw LanguageError(
              "value", "token \(at) does not exist: they run from 0 to \(pairs.pieces.count - 1)")
          }
          bytes += pairs.pieces[at]
        }
        return .text(String(decoding: bytes, as: UTF8.self))
      }
      return .record(
        Record([
          ("n", .integer(pairs.pieces.count)),
          ("tokens", .list(pairs.pieces.map { .text(String(decoding: $0, as: UTF8.self)) })),
          ("encode", encode), ("decode", decode),
        ]))
    },
  ]
}

/// Pieces of texts, joined from bytes pair by pair.
struct BytePairs: Sendable {
  private struct Pair: Hashable { let a, b: Int }
  /// The bytes of each token.
  private(set) var pieces: [[UInt8]] = (0..<256).map { [UInt8($0)] }
  private var joins: [Pair: Int] = [:]

  init(_ texts: [String], count: Int, _ check: () throws -> Void) throws {
    var frequencies: [[Int]: Int] = [:]
    for text in texts {
      for word in BytePairs.words(of: text) { frequencies[word, default: 0] += 1 }
    }
    // A fixed order, so that nothing depends on the dictionary's.
    var words = frequencies.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    while pieces.count < count {
      try check()
      var counts: [Pair: Int] = [:]
      for (word, times) in words where word.count > 1 {
        for i in 1..<word.count { counts[Pair(a: word[i - 1], b: word[i]), default: 0] += times }
      }
      let best = counts.max { x, y in
        (x.value, -x.key.a, -x.key.b) < (y.value, -y.key.a, -y.key.b)
      }
      guard let best, best.value > 1 || words.count == 1 else { break }
      let token = pieces.count
      pieces.append(pieces[best.key.a] + pieces[best.key.b])
      joins[best.key] = token
      for i in words.indices { words[i].key = BytePairs.joining(words[i].key, best.key, token) }
    }
  }

  /// Bytes of each word with the blank before it.
  private static func words(of text: String) -> [[Int]] {
    var result: [[Int]] = []
    var word: [Int] = []
    for byte in text.utf8 {
      if byte == 32 || byte == 10, !word.isEmpty {
        result.append(word)
        word = []
      }
      word.append(Int(byte))
    }
    return word.isEmpty ? result : result + [word]
  }

  private static func joining(_ word: [Int], _ pair: Pair, _ token: Int) -> [Int] {
    var result: [Int] = []
    var i = 0
    while i < word.count {
      if i + 1 < word.count, word[i] == pair.a, word[i + 1] == pair.b {
        result.append(token)
        i += 2
      } else {
        result.append(word[i])
        i += 1
      }
    }
    return result
  }

  func encoded(_ text: String) -> [Int] {
    BytePairs.words(of: text).flatMap { word in
      var word = word
      while word.count > 1 {
        let found = (1..<word.count).compactMap { i in
          joins[Pair(a: word[i - 1], b: word[i])].map { (Pair(a: word[i - 1], b: word[i]), $0) }
        }
        // What was joined first is joined first.
        guard let next = found.min(by: { $0.1 < $1.1 }) else { break }
        word = BytePairs.joining(word, next.0, next.1)
      }
      return word
    }
  }
}
