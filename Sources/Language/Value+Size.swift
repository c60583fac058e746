import Tensors

/// How large values may become that are no tensors. A list may hold itself many times over at no cost, so
/// that every level doubles what a walk through it takes; what is counted is the walk.
extension Value {
  /// Lists, records and what they hold, at all levels.
  static let mostParts = 1 << 22
  /// Bytes of one text.
  package static let longestText = 1 << 30

  /// The values in it, counted up to a bound.
  func parts(atMost bound: Int) -> Int {
    var rest = bound
    countParts(&rest)
    return bound - rest
  }

  private func countParts(_ rest: inout Int) {
    guard rest > 0 else { return }
    rest -= 1
    switch self {
    case .list(let items): for item in items where rest > 0 { item.countParts(&rest) }
    case .record(let record):
      for field in record.fields where rest > 0 { field.value.countParts(&rest) }
    case .function(let function):
      for (_, value) in function.captured where rest > 0 { value.countParts(&rest) }
    default: break
    }
  }

  /// Throws when it has grown too large to be walked through.
  func checkedSize() throws -> Value {
    guard parts(atMost: Value.mostParts + 1) <= Value.mostParts else {
      throw LanguageError(
        "memory", "this would hold more than \(Value.mostParts) values, counted at every level",
        hint: "a tensor, or only the part that is needed")
    }
    return self
  }

  package static func checkText(_ bytes: Int) throws {
    guard bytes >= 0, bytes <= longestText else {
      throw LanguageError(
        "memory", "a text is at most \(TensorError.bytes(longestText)) long",
        hint: "a list of texts")
    }
    try MemoryBudget.check(bytes)
  }
}
