import Autograd
import Language
import Tensors

/// A side of a pattern such as `b t (h e)`: axes of a tensor, each made of named parts.
struct AxisPattern {
  /// Names of the parts of each axis; `1` is an axis of size 1 without parts.
  let axes: [[String]]

  init(_ text: Substring, _ call: Call) throws {
    var axes: [[String]] = []
    var group: [String]?
    var word = ""
    func flush(_ axes: inout [[String]]) {
      guard !word.isEmpty else { return }
      if group != nil { group?.append(word) } else { axes.append(word == "1" ? [] : [word]) }
      word = ""
    }
    for character in text {
      switch character {
      case "(":
        flush(&axes)
        guard group == nil else { throw call.error("( inside ( in a pattern", at: "pattern") }
        group = []
      case ")":
        flush(&axes)
        guard let parts = group else { throw call.error("a ) without its (", at: "pattern") }
        axes.append(parts)
        group = nil
      case " ": flush(&axes)
      default:
        guard character.isLetter || character.isNumber || character == "_" else {
          throw call.error("`\(character)` has no meaning in a pattern", at: "pattern")
        }
        word.append(character)
      }
    }
    flush(&axes)
    guard group == nil else { throw call.error("a ( without its )", at: "pattern") }
    self.axes = axes
    guard Set(names).count == names.count else {
      throw call.error("an axis is named twice on one side", at: "pattern")
    }
  }

  var names: [String] { axes.flatMap { $0 } }

  /// The two sides of `left -> right`.
  static func sides(_ text: String, _ call: Call) throws -> (AxisPattern, AxisPattern) {
    guard let arrow = text.firstRange(of: "->") else {
      throw call.error(
        "a pattern has two sides", at: "pattern", hint: "\"b (h e) -> b h e\" for example")
    }
    return (
      try AxisPattern(text[..<arrow.lowerBound], call),
      try AxisPattern(text[arrow.upperBound...], call)
    )
  }

  /// The size of every part; at most one part of an axis is found by division.
  func sizes(of dims: [Int], given: [String: Int], _ call: Call) throws -> [String: Int] {
    guard dims.count == axes.count else {
      throw call.error(
        "the pattern has \(axes.count) axes, the tensor is \(dims)", at: "pattern")
    }
    var sizes = given.filter { names.contains($0.key) }
    for (size, parts) in zip(dims, axes) {
      let free = parts.filter { sizes[$0] == nil }
      let known = try Shape(checking: parts.compactMap { sizes[$0] }).count
      guard free.count <= 1 else {
        throw call.error(
          "the sizes of \(free.joined(separator: " and ")) are not known", at: "pattern",
          hint: "\(free[0])=… behind the pattern")
      }
      guard known > 0 ? size % known == 0 && (!free.isEmpty || size == known) : size == 0 else {
        let written = parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " ")))"
        let settings = parts.compactMap { name in sizes[name].map { "\(name) = \($0)" } }
        throw call.error(
          "an axis of \(size) does not split into \(written) with "
            + (settings.isEmpty ? "size 1" : settings.joined(separator: ", ")), at: "pattern")
      }
      if let name = free.first { sizes[name] = known > 0 ? size / known : 0 }
    }
    return sizes
  }
}
