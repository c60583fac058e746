import Autograd
import Language
import Tensors

/// A sum of products of tensors whose axes are named by letters.
struct EinsteinSum {
  private struct Operand {
    var letters: [Character]
    var x: Variable
  }

  private var operands: [Operand] = []
  private let result: [Character]

  init(_ pattern: String, _ inputs: [Variable], _ call: Call) throws {
    let text = pattern.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    let parts = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard sides.count <= 2, parts.count == inputs.count else {
      throw call.error(
        "the pattern has \(parts.count) parts for \(inputs.count) tensors", at: "pattern",
        hint: "\"ij,jk->ik\"")
    }
    let all = parts.flatMap { $0 }
    guard all.allSatisfy(\.isLetter) else {
      throw call.error("axes are letters", at: "pattern", hint: "\"ij,jk->ik\"")
    }
    if sides.count == 2 {
      result = Array(sides[1])
    } else {
      // Without an arrow: the letters that stand once, in the order of the alphabet.
      result = Set(all).filter { letter in all.count { $0 == letter } == 1 }.sorted()
    }
    guard Set(result).count == result.count, result.allSatisfy(all.contains) else {
      throw call.error("each letter of the result stands once, and on the left", at: "pattern")
    }
    var sizes: [Character: Int] = [:]
    for (letters, x) in zip(parts, inputs) {
      guard letters.count == x.rank else {
        throw call.error("`\(String(letters))` names \(letters.count) axes of \(x.dims)", at: "xs")
      }
      for (letter, size) in zip(letters, x.dims) {
        if let known = sizes[letter], known != size {
          throw call.error("`\(letter)` is \(known) and \(size)", at: "xs")
        }
        sizes[letter] = size
      }
      operands.append(try EinsteinSum.diagonal(Operand(letters: letters, x: x)))
    }
  }

  /// A letter that stands twice keeps the elements where both positions agree.
  private static func diagonal(_ operand: Operand) throws -> Operand {
    var (letters, x) = (operand.letters, operand.x)
    while let second = letters.indices.first(where: { letters[..<$0].contains(letters[$0]) }),
      let first = letters.firstIndex(of: letters[second])
    {
      let size = x.dims[first]
      let others = letters.indices.filter { $0 != first && $0 != second }
      let turned = try x.transposed([first, second] + others)
      let flat = try turned.reshaped([size * size] + turned.dims.dropFirst(2))
      x = try flat.taking((0..<size).map { $0 * (size + 1) })
      letters = [letters[first]] + others.map { letters[$0] }
    }
    return Operand(letters: letters, x: x)
  }

  func value() throws -> Variable {
    var rest = operands[...]
    guard var whole = rest.popFirst() else { return try .number(0) }
    while let next = rest.popFirst() {
      let needed = Set(result).union(rest.flatMap(\.letters))
      whole = try EinsteinSum.product(whole, next, keeping: needed)
    }
    whole = try EinsteinSum.summed(whole, keeping: Set(result))
    return try EinsteinSum.turned(whole, result)
  }

  private static func summed(_ operand: Operand, keeping needed: Set<Character>) throws -> Operand {
    let gone = operand.letters.indices.filter { !needed.contains(operand.letters[$0]) }
    guard !gone.isEmpty else { return operand }
    return Operand(
      letters: operand.letters.filter(needed.contains), x: try operand.x.sum(axes: gone))
  }

  private static func turned(_ operand: Operand, _ letters: [Character]) throws -> Variable {
    let order = letters.compactMap { operand.letters.firstIndex(of: $0) }
    return order == Array(order.indices) ? operand.x : try operand.x.transposed(order)
  }

  /// One batched matrix product: [batch, left, summed] @ [batch, summed, right].
  private static func product(_ a: Operand, _ b: Operand, keeping needed: Set<Character>) throws
    -> Operand
  {
    let a = try summed(a, keeping: needed.union(b.letters))
    let b = try summed(b, keeping: needed.union(a.letters))
    let shared = a.letters.filter(b.letters.contains)
    let batch = shared.filter(needed.contains)
    let inner = shared.filter { !needed.contains($0) }
    let left = a.letters.filter { !shared.contains($0) }
    let right = b.letters.filter { !shared.contains($0) }
    func size(_ letters: [Character], _ operand: Operand) -> Int {
      letters.reduce(1) { $0 * operand.x.dims[operand.letters.firstIndex(of: $1) ?? 0] }
    }
    let (k, batches) = (size(inner, a), size(batch, a))
    let x = try turned(a, batch + left + inner).reshaped([batches, size(left, a), k])
    let y = try turned(b, batch + inner + right).reshaped([batches, k, size(right, b)])
    let letters = batch + left + right
    let dims = letters.map { letter in
      a.letters.contains(letter) ? size([letter], a) : size([letter], b)
    }
    return Operand(letters: letters, x: try Variable.matmul(x, y).reshaped(dims))
  }
}
