import Formats
import Tensors

/// A tensor with the element type that a model declares: numbers in a wider carrier, or texts.
package struct Operand: Sendable {
  package let type: ElementType
  package let dims: [Int]
  private let content: Content

  private enum Content {
    case numbers(Tensor)
    case texts([String])
  }

  /// Takes a tensor as elements of a type: casts it to the carrier, rounds and wraps.
  package init(_ tensor: Tensor, _ type: ElementType) throws {
    self.type = type
    dims = tensor.dims
    switch type {
    case .float32, .float64, .bool, .int64: content = .numbers(try tensor.cast(type.carrier))
    case _ where type.isFloat:
      let rounded = tensor.array(of: Double.self).map { Float(type.rounded($0)) }
      content = .numbers(try Tensor(rounded, shape: tensor.shape))
    default:
      let wrapped = tensor.array(of: Int64.self).map { type.wrapped($0) }
      content = .numbers(try Tensor(wrapped, shape: tensor.shape))
    }
  }

  /// Numbers rounded to a float type, or cut off and wrapped to an integer one.
  package init(reals: [Double], _ dims: [Int], _ type: ElementType) throws {
    self.type = type
    self.dims = dims
    let shape = try Operand.shape(dims, holding: reals.count)
    switch type.carrier {
    case .float16, .bfloat16, .float32:
      let small = type != .float32
      content = .numbers(
        try Tensor(reals.map { Float(small ? type.rounded($0) : $0) }, shape: shape))
    case .float64: content = .numbers(try Tensor(reals, shape: shape))
    case .bool: content = .numbers(try Tensor(reals.map { $0 != 0 }, shape: shape))
    case .int8, .int64:
      content = .numbers(
        try Tensor(reals.map { type.wrapped(Operand.whole($0, type)) }, shape: shape))
    }
  }

  /// Integers as elements of a type, wrapped to its width.
  package init(whole: [Int64], _ dims: [Int], _ type: ElementType) throws {
    if type.isFloat {
      try self.init(reals: whole.map { Double($0) }, dims, type)
      return
    }
    let shape = try Operand.shape(dims, holding: whole.count)
    self.init(
      carried: type == .bool
        ? try Tensor(whole.map { $0 != 0 }, shape: shape)
        : try Tensor(whole.map { type.wrapped($0) }, shape: shape), type)
  }

  package init(flags: [Bool], _ dims: [Int]) throws {
    type = .bool
    self.dims = dims
    content = .numbers(try Tensor(flags, shape: Operand.shape(dims, holding: flags.count)))
  }

  package init(texts: [String], _ dims: [Int]) throws {
    type = .string
    self.dims = dims
    _ = try Operand.shape(dims, holding: texts.count)
    content = .texts(texts)
  }

  /// One integer, i64 of rank 0.
  package init(_ value: Int) throws { try self.init(whole: [Int64(value)], [], .int64) }

  private static func shape(_ dims: [Int], holding count: Int) throws -> Shape {
    let shape = try Shape(checking: dims)
    guard shape.count == count else {
      throw GraphError.invalid("\(count) elements do not fill \(dims)")
    }
    return shape
  }

  private static func whole(_ value: Double, _ type: ElementType) -> Int64 {
    if type == .uint64, value >= 0x1p63 {
      return Int64(bitPattern: UInt64(exactly: value.rounded(.towardZero)) ?? .max)
    }
    return value.asInt64
  }

  package var count: Int { dims.reduce(1) { $0 &* $1 } }
  package var rank: Int { dims.count }
  package var isText: Bool { type == .string }

  /// The carrier; texts have none.
  func tensor() throws -> Tensor {
    switch content {
    case .numbers(let tensor): return tensor
    case .texts: throw GraphError.invalid("texts where numbers are needed")
    }
  }

  func texts() throws -> [String] {
    switch content {
    case .texts(let texts): return texts
    case .numbers: throw GraphError.invalid("numbers where texts are needed")
    }
  }

  /// A tensor as a port declares it: cast when it names another element type.
  package init(_ tensor: Tensor, as port: ONNXPort) throws {
    let own: ElementType =
      switch tensor.dtype {
      case .bool: .bool
      case .int8: .int8
      case .int64: .int64
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .float32: .float32
      case .float64: .float64
      }
    let type = ElementType(rawValue: port.elementType) ?? own
    guard type != .string else { throw GraphError.invalid("`\(port.name)` is made of texts") }
    try self.init(tensor, type)
  }

  /// The texts, nil for numbers.
  package var textContent: [String]? {
    if case .texts(let texts) = content { texts } else { nil }
  }

  /// The numbers in the tensor kind that carries them.
  package func carrier() throws -> Tensor { try tensor() }

  /// Every element as a double, for callers who look at results.
  package func numbers() throws -> [Double] { try reals() }

  /// Every element as a double.
  func reals() throws -> [Double] {
    if type == .uint64 {
      return try tensor().array(of: Int64.self).map { Double(UInt64(bitPattern: $0)) }
    }
    return try tensor().array(of: Double.self)
  }

  /// Every element as an integer, cut off towards zero.
  func whole() throws -> [Int64] { try tensor().array(of: Int64.self) }

  /// Every element as a size, an index or an axis.
  func integers() throws -> [Int] { try whole().map { Int($0) } }

  func flags() throws -> [Bool] { try tensor().array(of: Bool.self) }

  /// The first element as a double.
  func real() throws -> Double {
    guard let first = try reals().first else { throw GraphError.invalid("an empty number") }
    return first
  }

  func integer() throws -> Int {
    guard let first = try integers().first else { throw GraphError.invalid("an empty number") }
    return first
  }

  func reshaped(_ dims: [Int]) throws -> Operand {
    guard try places(dims) == count else {
      throw GraphError.invalid("\(self.dims) cannot be reshaped to \(dims)")
    }
    switch content {
    case .texts(let texts): return try Operand(texts: texts, dims)
    case .numbers(let tensor):
      return try Operand(carried: tensor.reshaped(dims), type)
    }
  }

  /// Takes a carrier whose elements are known to be of the type already.
  init(carried tensor: Tensor, _ type: ElementType) {
    precondition(tensor.dtype == type.carrier, "the carrier of the type")
    self.type = type
    dims = tensor.dims
    content = .numbers(tensor)
  }

  /// The elements at flat positions, in a new shape; position -1 takes `fill`.
  func picked(_ positions: [Int], _ dims: [Int], fill: Operand? = nil) throws -> Operand {
    func pick<E: TensorElement>(_ tensor: Tensor, _: E.Type, _ zero: E) throws -> Operand {
      let source = tensor.array(of: E.self)
      let blank = try fill?.tensor().array(of: E.self).first ?? zero
      let shape = try Operand.shape(dims, holding: positions.count)
      return Operand(
        carried: try Tensor(positions.map { $0 < 0 ? blank : source[$0] }, shape: shape), type)
    }
    switch content {
    case .texts(let texts):
      return try Operand(texts: positions.map { $0 < 0 ? "" : texts[$0] }, dims)
    case .numbers(let tensor):
      switch tensor.dtype {
      case .bool: return try pick(tensor, Bool.self, false)
      case .int8, .int64: return try pick(tensor, Int64.self, 0)
      case .float16, .bfloat16, .float32: return try pick(tensor, Float.self, 0)
      case .float64: return try pick(tensor, Double.self, 0)
      }
    }
  }

  /// The same numbers as another type, rounded and wrapped.
  func converted(to target: ElementType) throws -> Operand {
    if target == type { return self }
    if type == .uint64, target.isFloat { return try Operand(reals: reals(), dims, target) }
    if type.isFloat { return try Operand(reals: reals(), dims, target) }
    return try Operand(whole: whole(), dims, target)
  }
}

/// The number of elements of a shape, checked against overflow and the memory budget.
func places(_ dims: [Int]) throws -> Int {
  let count = try Shape(checking: dims).count
  try MemoryBudget.check(count * 8)
  return count
}
