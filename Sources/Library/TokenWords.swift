import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  static let tokenWords: [Builtin] = [
    Builtin(
      Entry(
        "tokenizer", family: "Data", [Argument("text", .any, "A text, or a list of texts.")],
        summary: "A number for every character: a record with n, tokens, encode and decode.",
        details: "Characters are numbered in the order of their code points.",
        examples: [
          Example("{ t = tokenizer(\"hello\"); t.decode(t.encode(\"hole\")) }", prints: "hole"),
          Example("tokenizer(\"hello\").n", prints: "4"),
        ])
    ) { call, interpreter in
      var all: Set<Character> = []
      if case .text(let text) = call["text"] {
        all = Set(text)
      } else {
        for item in try call.elements("text", interpreter) {
          guard case .text(let text) = item else {
            throw call.wrong("text", expected: "a text, or a list of texts")
          }
          all.formUnion(text)
        }
      }
      let symbols = all.sorted { a, b in
        a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
      }
      let numbers = Dictionary(
        uniqueKeysWithValues: symbols.enumerated().map { ($1, Int64($0)) })
      let encode = derived("encode") { arguments, _ in
        guard arguments.count == 1, case .text(let text) = arguments[0] else {
          throw LanguageError("kind", "encode takes a text")
        }
        return .tensor(
          Variable(
            try Tensor(
              text.map { character in
                guard let number = numbers[character] else {
                  throw LanguageError(
                    "value", "the tokenizer does not know \(Value.text(String(character)).inline)")
                }
                return number
              })))
      }
      let decode = derived("decode") { arguments, _ in
        guard arguments.count == 1, let ids = arguments[0].variable?.value,
          !ids.dtype.isFloat || ids.count == 0
        else { throw LanguageError("kind", "decode takes whole numbers") }
        var text = ""
        for i in 0..<ids.count {
          let at = ids.integer(at: i)
          guard symbols.indices.contains(at) else {
            throw LanguageError(
              "value", "token \(at) does not exist: they run from 0 to \(symbols.count - 1)")
          }
          text.append(symbols[at])
        }
        return .text(text)
      }
      return .record(
        Record([
          ("n", .integer(symbols.count)), ("tokens", .list(symbols.map { .text(String($0)) })),
          ("encode", encode), ("decode", decode),
        ]))
    },
    Builtin(
      Entry(
        "windows", family: "Data",
        [
          Argument("ids", .tensor, "Tokens [N]."), Argument("n", .integer, "Tokens in a window."),
          Argument("step", .any, "From one window to the next; n when none.", default: "none"),
        ], summary: "Pieces of a sequence to learn from: x, and y one token later.",
        examples: [Example("windows(range(7), 3).y[1]", prints: "[4, 5, 6]")])
    ) { call, _ in
      let (ids, n) = (try call.variable("ids"), try call.integer("n"))
      let step = call.isNone("step") ? n : try call.integer("step")
      guard ids.rank == 1, n > 0, step > 0, ids.dims[0] > n else {
        throw call.error(
          "windows of \(n) need more than \(n) tokens, here are \(ids.dims)", at: "n")
      }
      let count = (ids.dims[0] - n - 1) / step + 1
      _ = try Shape(checking: [count, n])
      try MemoryBudget.check(count * n * 32)
      func part(_ shift: Int) throws -> Value {
        let rows = (0..<count).flatMap { w in (0..<n).map { w * step + $0 + shift } }
        return .tensor(try ids.taking(rows).reshaped([count, n]))
      }
      return .record(Record([("x", try part(0)), ("y", try part(1))]))
    },
  ]
}
