/// Einstein's summation: letters name axes, those missing on the right are summed over.
struct Einsum {
  private let operands: [Operand]
  /// The letters of each operand; axes under an ellipsis have numbers from the right.
  private let labels: [[String]]
  private let output: [String]
  private var sizes: [String: Int] = [:]

  init(_ equation: String, _ operands: [Operand]) throws {
    self.operands = operands
    let compact = equation.filter { $0 != " " }
    let arrow = compact.firstRange(of: "->")
    let left = compact[..<(arrow?.lowerBound ?? compact.endIndex)]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == operands.count, operands.count > 0 else {
      throw GraphError.invalid("\"\(equation)\" is not about \(operands.count) tensors")
    }
    labels = try zip(terms, operands).map { try Einsum.labels($0, rank: $1.rank) }
    for (operand, letters) in zip(operands, labels) {
      for (size, letter) in zip(operand.dims, letters) {
        let known = sizes[letter] ?? 1
        guard known == 1 || size == 1 || known == size else {
          throw GraphError.invalid("\"\(equation)\": axis \(letter) is \(known) and \(size) long")
        }
        sizes[letter] = known == 1 ? size : known
      }
    }
    let spread = labels.flatMap { $0 }.filter { $0.count > 1 }
    let ellipsis = Array(Set(spread)).sorted().reversed()
    if let arrow {
      var found: [String] = []
      var rest = compact[arrow.upperBound...]
      while let letter = rest.first {
        if rest.hasPrefix("...") {
          found += ellipsis
          rest.removeFirst(3)
        } else {
          found.append(String(letter))
          rest.removeFirst()
        }
      }
      output = found
    } else {
      let all = labels.flatMap { $0 }.filter { $0.count == 1 }
      output = ellipsis + Set(all).filter { l in all.count { $0 == l } == 1 }.sorted()
    }
    let known = Set(labels.flatMap { $0 })
    guard output.allSatisfy({ known.contains($0) }), Set(output).count == output.count else {
      throw GraphError.invalid("\"\(equation)\" names unknown axes on the right")
    }
  }

  private static func labels(_ term: Substring, rank: Int) throws -> [String] {
    let letters = term.filter { $0 != "." }
    let isSpread = term.contains("...")
    let hidden = rank - letters.count
    guard isSpread ? hidden >= 0 : hidden == 0 else {
      throw GraphError.invalid("\"\(term)\" does not name \(rank) axes")
    }
    var result: [String] = []
    var rest = term
    while let letter = rest.first {
      if rest.hasPrefix("...") {
        // Two digits keep the order of names that of the axes from the right.
        result += (0..<hidden).reversed().map { ($0 < 10 ? ".0" : ".") + "\($0)" }
        rest.removeFirst(3)
      } else {
        result.append(String(letter))
        rest.removeFirst()
      }
    }
    return result
  }

  func result() throws -> Operand {
    let names = Set(labels.flatMap { $0 }).sorted()
    let summed = names.filter { !output.contains($0) }
    let outer = output.map { sizes[$0] ?? 1 }
    let inner = summed.map { sizes[$0] ?? 1 }
    _ = try places(outer + inner)
    // Where each operand's element lies for each place of the output, and how far each summed place
    // is from there.
    let starts = try walks(output, outer)
    let steps = try walks(summed, inner)
    let values = try operands.map { try $0.reals() }
    let count = try places(outer)
    let terms = try places(inner)
    var result: [Double] = []
    result.reserveCapacity(count)
    for place in 0..<count {
      var sum = 0.0
      for term in 0..<terms {
        var product = 1.0
        for k in values.indices { product *= values[k][starts[k][place] + steps[k][term]] }
        sum += product
      }
      result.append(sum)
    }
    return try Operand(reals: result, outer, operands[0].type)
  }

  private func walks(_ names: [String], _ dims: [Int]) throws -> [[Int]] {
    try zip(operands, labels).map { operand, letters in
      let strides = Positions.strides(operand.dims)
      let steps = names.map { name in
        // A letter that appears twice walks the diagonal.
        letters.indices.filter { letters[$0] == name && operand.dims[$0] != 1 }
          .reduce(0) { $0 + strides[$1] }
      }
      return try Positions.walk(dims, steps)
    }
  }
}
