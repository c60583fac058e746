import Autograd
import Tensors

/// A value of which only the kind and the shape are known: what a program is tried on before it runs.
///
/// It holds no data, so nothing that is read from it can pass for a result.
package struct Outline: LanguageObject {
  package enum Kind: Sendable, Equatable {
    case tensor([Int], DType)
    case number(DType)
    case text
    case run
    /// Not known without running.
    case anything
  }

  package let kind: Kind

  package init(_ kind: Kind) {
    // A tensor without axes is a number, as everywhere.
    if case .tensor(let dims, let dtype) = kind, dims.isEmpty {
      self.kind = .number(dtype)
    } else {
      self.kind = kind
    }
  }

  package static let anything = Value.object(Outline(.anything))
  package static func value(_ kind: Kind) -> Value { .object(Outline(kind)) }
  package static func tensor(_ dims: [Int], _ dtype: DType = .float32) -> Value {
    value(.tensor(dims, dtype))
  }

  /// The sizes of a tensor's axes; none for a number, nil when they are not known.
  package var dims: [Int]? {
    switch kind {
    case .tensor(let dims, _): dims
    case .number: []
    case .text, .run, .anything: nil
    }
  }

  package var dtype: DType? {
    switch kind {
    case .tensor(_, let dtype), .number(let dtype): dtype
    case .text, .run, .anything: nil
    }
  }

  package var kindName: String {
    switch kind {
    case .tensor: "tensor"
    case .number(let dtype): dtype == .bool ? "boolean" : "number"
    case .text: "text"
    case .run: "run"
    case .anything: "value"
    }
  }

  package func text(width: Int) -> String {
    switch kind {
    case .tensor(let dims, let dtype): "\(dtype.name) \(dims)"
    case .number, .text, .run, .anything: kindName
    }
  }

  package var fieldNames: [String] { dims == nil ? [] : ["T", "shape", "ndim", "size", "dtype"] }

  package func field(_ name: String, _ interpreter: Interpreter) throws -> Value? {
    if kind == .run {
      return ["loss", "seconds"].contains(name)
        ? Outline.value(.number(.float64)) : Outline.anything
    }
    guard let dims, let dtype else { return kind == .text ? nil : Outline.anything }
    switch name {
    case "T":
      let count = dims.count
      return count < 2
        ? .object(self)
        : Outline.tensor(dims.dropLast(2) + [dims[count - 1], dims[count - 2]], dtype)
    case "shape": return .record(Record(dims.map { (nil, .integer($0)) }))
    case "ndim": return .integer(dims.count)
    case "size": return .integer(try Shape(checking: dims).count)
    case "dtype": return .text(dtype.name)
    default: return nil
    }
  }

  package func replacing(field name: String, with value: Value) -> (any LanguageObject)? { self }

  package func call(_ arguments: [Value], _ interpreter: Interpreter) throws -> Value? {
    kind == .anything ? Outline.anything : nil
  }
}

extension Value {
  package var outline: Outline? {
    if case .object(let object) = self { object as? Outline } else { nil }
  }

  /// Whether nothing, or only a kind, is known of a part of it.
  package var holdsOutline: Bool {
    switch self {
    case .list(let items): items.contains { $0.holdsOutline }
    case .record(let record): record.fields.contains { $0.value.holdsOutline }
    default: outline != nil
    }
  }

  /// Whether a part of it is not known without running.
  package var holdsAnything: Bool {
    switch self {
    case .list(let items): items.contains { $0.holdsAnything }
    case .record(let record): record.fields.contains { $0.value.holdsAnything }
    default: outline?.kind == .anything
    }
  }

  /// Kind and shape of a value that can stand in tensor arithmetic; nil for all others.
  package var outlined: Outline? {
    if let outline { return outline.dims == nil ? nil : outline }
    guard let x = variable else { return nil }
    return Outline(.tensor(x.dims, x.dtype))
  }

  /// The same value with outlines in place of its numbers that depend on data.
  package func outlining(all: Bool = true) -> Value {
    switch self {
    case .tensor(let x), .parameter(let x):
      return all || x.shape.count > Outline.concreteCount
        ? Outline.tensor(x.dims, x.dtype) : self
    case .integer: return all ? Outline.value(.number(.int64)) : self
    case .number: return all ? Outline.value(.number(.float64)) : self
    case .boolean: return all ? Outline.value(.number(.bool)) : self
    case .text: return all ? Outline.value(.text) : self
    case .list(let items): return .list(items.map { $0.outlining(all: all) })
    case .record(let record):
      return .record(Record(record.fields.map { ($0.name, $0.value.outlining(all: all)) }))
    case .none, .range, .function, .builtin, .object: return self
    }
  }
}

extension Outline {
  /// Tensors of at most so many elements keep their numbers while a program is only tried.
  package static let concreteCount = 256
  /// As many elements may be made to ask an operation what it would do.
  package static let probeCount = 1 << 14

  /// A tensor of this shape that nobody computes with.
  package func blank() -> Variable? {
    guard let dims, let dtype, let shape = try? Shape(checking: dims) else { return nil }
    return Tensor.blank(shape, dtype).map { Variable($0) }
  }

  /// A tensor of this shape to ask an operation with; nil when it would be large.
  package func probe() -> Variable? {
    guard let dims, let dtype, let shape = try? Shape(checking: dims),
      shape.count <= Outline.probeCount
    else { return nil }
    return (try? Tensor.zeros(shape, dtype)).map { Variable($0) }
  }
}
