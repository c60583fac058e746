import Autograd
import Tensors
import Vocabulary

extension Call {
  /// The argument that a mistake is about, as far as its facts tell; else the first.
  package func place(of error: any Error) -> SourceSpan? {
    let given = entry.arguments.filter { isGiven($0.name) }.map(\.name)
    guard let first = given.first else { return span }
    func one(_ names: [String]) -> SourceSpan? {
      given.first { names.contains($0) }.map { span(of: $0) } ?? nil
    }
    func holding(_ dims: [Int]) -> SourceSpan? {
      given.last { self[$0].outlined?.dims == dims }.map { span(of: $0) } ?? nil
    }
    let found: SourceSpan?
    switch error as? TensorError {
    case .axisOutOfRange, .emptyReduction: found = one(["axis", "axes"])
    case .cannotReshape, .sizeOverflow, .negativeSize, .overBudget:
      found = one(["sizes", "shape", "n"])
    case .shapesDiffer(_, let left, let right), .cannotBroadcast(_, let left, let right),
      .cannotMultiply(let left, let right):
      found = holding(right) ?? holding(left)
    case .maskShape(let mask, _): found = holding(mask)
    case .indexOutOfRange, .tooManyIndices: found = one(["index", "indices"])
    case .windowTooLarge: found = one(["k", "w", "size"])
    case .invalid(_, let reason, _):
      let marked = given.first { reason.contains("`\($0)`") }
      found =
        marked.flatMap { span(of: $0) }
        ?? (reason.contains("size") ? one(["sizes"]) : nil)
        ?? (reason.contains("axis") || reason.contains("axes") ? one(["axis", "axes"]) : nil)
    case .wrongKind, .divisionByZero, .integerOverflow, nil: found = nil
    }
    if error is AutogradError { return one(["f"]) ?? span }
    return found ?? span(of: first)
  }
}

extension FunctionSyntax {
  /// The name of a function with the line of it that holds a place.
  func line(of place: SourceSpan?, _ label: String) -> String {
    let bytes = Array(source.utf8)
    // The text ends where the body ends.
    let begin = body.span.end - bytes.count
    guard let place, place.start >= begin, place.end <= body.span.end else { return label }
    let at = place.start - begin
    let start = (bytes[..<at].lastIndex(of: 10) ?? -1) + 1
    let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
    let number = bytes[..<start].count { $0 == 10 } + 1
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    let trimmed = text.drop { $0 == " " }.prefix(72)
    return number == 1 && end == bytes.count
      ? label + ": " + (trimmed.firstRange(of: "= ").map { trimmed[$0.upperBound...] } ?? trimmed)
      : "\(label), line \(number): \(trimmed)"
  }
}
