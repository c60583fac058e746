import Formats
import Tensors

extension GraphOperators {
  private static func split(_ text: String, _ delimiter: String, _ limit: Int?) -> [String] {
    if delimiter.isEmpty {
      let isBlank: (Character) -> Bool = { $0.isWhitespace }
      guard let limit else { return text.split(whereSeparator: isBlank).map(String.init) }
      var rest = text.drop(while: isBlank)
      var parts: [String] = []
      while !rest.isEmpty, parts.count < limit {
        let word = rest.prefix { !isBlank($0) }
        parts.append(String(word))
        rest = rest.dropFirst(word.count).drop(while: isBlank)
      }
      if !rest.isEmpty { parts.append(String(rest)) }
      return parts
    }
    var parts: [String] = []
    var rest = text[...]
    while parts.count < limit ?? .max, let found = rest.firstRange(of: delimiter) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }

  private static func normalizer(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0).ranked(1...2)
    let isSensitive = call.flag("is_case_sensitive")
    let action = call.text("case_change_action", "NONE")
    func folded(_ text: String) -> String { isSensitive ? text : text.lowercased() }
    let stops = (call.node.attributes["stopwords"]?.texts ?? []).map(folded)
    guard x.rank == 1 || x.dims[0] == 1 else { throw GraphError.invalid("texts of \(x.dims)") }
    let kept = try x.texts().filter { !stops.contains(folded($0)) }.map { text in
      switch action {
      case "LOWER": text.lowercased()
      case "UPPER": text.uppercased()
      default: text
      }
    }
    let texts = kept.isEmpty ? [""] : kept
    return try Operand(texts: texts, x.rank == 1 ? [texts.count] : [1, texts.count])
  }

  /// Counts the n-grams of a pool in each row, skipping up to some places between their members.
  private static func countGrams(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0).ranked(1...2)
    let starts = call.integers("ngram_counts") ?? []
    let targets = call.integers("ngram_indexes") ?? []
    let (least, most) = (try call.required("min_gram_length"), try call.required("max_gram_length"))
    let skips = try call.required("max_skip_count")
    let texts = call.node.attributes["pool_strings"]?.texts ?? []
    let numbers = call.integers("pool_int64s") ?? []
    let pool = x.isText ? texts : numbers.map { "\($0)" }
    let words = x.isText ? try x.texts() : try x.whole().map { "\($0)" }
    let weights = call.node.attributes["weights"]?.floats ?? []
    guard least > 0, most >= least, most <= starts.count, skips >= 0, skips < 1 << 20,
      zip(starts, starts.dropFirst() + [pool.count]).allSatisfy({ $0 >= 0 && $0 <= $1 })
    else { throw GraphError.invalid("n-grams of \(least) to \(most) words") }
    var grams: [[String]: Int] = [:]
    var count = 0
    for size in 1...most {
      let end = size < starts.count ? starts[size] : pool.count
      for at in stride(from: starts[size - 1], to: end - size + 1, by: size) {
        guard count < targets.count, targets[count] >= 0 else {
          throw GraphError.invalid("more n-grams than indices")
        }
        if size >= least { grams[Array(pool[at..<at + size])] = targets[count] }
        count += 1
      }
    }
    guard targets.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) else {
      throw GraphError.invalid("the places of n-grams are \(targets)")
    }
    let width = (targets.max() ?? -1) + 1
    let rows = x.rank == 2 ? x.dims[0] : 1
    let length = x.rank == 2 ? x.dims[1] : x.count
    var result = [Double](repeating: 0, count: try places([rows, width]))
    for row in 0..<rows {
      for size in least...most {
        // One word has no places to skip between.
        for skip in 0...(size == 1 ? 0 : skips) {
          let reach = (size - 1) * (skip + 1)
          for at in 0..<max(0, length - reach) {
            let gram = (0..<size).map { words[row * length + at + $0 * (skip + 1)] }
            if let target = grams[gram] { result[row * width + target] += 1 }
          }
        }
      }
    }
    let mode = call.text("mode")
    for i in result.indices where mode != "TF" {
      let weight = i % width < weights.count ? Double(weights[i % width]) : 1
      result[i] = mode == "IDF" ? (result[i] > 0 ? weight : 0) : result[i] * weight
    }
    return try Operand(reals: result, x.rank == 2 ? [rows, width] : [width], .float32)
  }

  /// A list that a table of keys or values is made of, from whichever setting holds it.
  private static func list(_ call: NodeCall, _ name: String) throws -> Operand {
    let attributes = call.node.attributes
    if let tensor = attributes[name + "_tensor"]?.tensor { return try Operand(tensor) }
    if let list = attributes[name + "_strings"]?.texts {
      return try Operand(texts: list, [list.count])
    }
    if let list = attributes[name + "_int64s"]?.integers {
      return try Operand(whole: list.map { Int64($0) }, [list.count], .int64)
    }
    if let list = attributes[name + "_floats"]?.floats {
      return try Operand(reals: list.map { Double($0) }, [list.count], .float32)
    }
    throw GraphError.invalid("the \(name) are missing")
  }

  private static func labels(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0)
    let (keys, values) = (try list(call, "keys"), try list(call, "values"))
    guard keys.count == values.count else {
      throw GraphError.invalid("\(keys.count) keys and \(values.count) values")
    }
    func names(_ operand: Operand) throws -> [String] {
      operand.isText ? try operand.texts() : try operand.reals().map { $0.isNaN ? "nan" : "\($0)" }
    }
    var table: [String: Int] = [:]
    for (i, key) in try names(keys).enumerated() where table[key] == nil { table[key] = i }
    let other: Operand
    if let tensor = call.node.attributes["default_tensor"]?.tensor {
      other = try Operand(tensor).reshaped([1])
    } else if values.isText {
      other = try Operand(texts: [call.text("default_string", "_Unused")], [1])
    } else if values.type.isInteger {
      other = try Operand(whole: [Int64(call.integer("default_int64", -1))], [1], values.type)
    } else {
      other = try Operand(reals: [call.real("default_float", 0)], [1], values.type)
    }
    let all = try Joining.concatenated([values.reshaped([values.count]), other], axis: 0)
    return try all.picked(names(x).map { table[$0] ?? values.count }, x.dims)
  }

  static let texts: [GraphOperator] = [
    GraphOperator("StringConcat") { call in
      let pair = try OperandPair(call.operand(0), call.operand(1))
      return try Operand(texts: zip(pair.a.texts(), pair.b.texts()).map { $0 + $1 }, pair.dims)
    },
    GraphOperator(many: "StringSplit") { call in
      let x = try call.operand(0)
      let (delimiter, limit) = (call.text("delimiter"), call.integer("maxsplit"))
      let parts = try x.texts().map { split($0, delimiter, limit) }
      let width = parts.map(\.count).max() ?? 0
      _ = try places([parts.count, width])
      let padded = parts.flatMap { $0 + [String](repeating: "", count: width - $0.count) }
      return [
        .tensor(try Operand(texts: padded, x.dims + [width])),
        .tensor(try Operand(whole: parts.map { Int64($0.count) }, x.dims, .int64)),
      ]
    },
    GraphOperator("StringNormalizer", normalizer),
    GraphOperator("RegexFullMatch") { call in
      let x = try call.operand(0)
      guard let pattern = try? Regex(call.text("pattern")) else {
        throw GraphError.unsupported("the pattern \(call.text("pattern"))")
      }
      return try Operand(
        flags: x.texts().map { (try? pattern.wholeMatch(in: $0)) != nil }, x.dims)
    },
    GraphOperator("TfIdfVectorizer", countGrams),
    GraphOperator("LabelEncoder", domain: "ai.onnx.ml", labels),
  ]
}
