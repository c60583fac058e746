/// Numbers of one kind in a shape: row-major, contiguous, immutable from outside.
///
/// Reshaping and cutting along the first axis share memory; everything else makes a new tensor.
package struct Tensor: Sendable {
  package let shape: Shape
  package let dtype: DType
  private(set) var storage: Storage
  /// Where the first element lies, in elements.
  let offset: Int

  init(shape: Shape, dtype: DType, storage: Storage, offset: Int = 0) {
    self.shape = shape
    self.dtype = dtype
    self.storage = storage
    self.offset = offset
  }

  /// Memory for a result; the caller fills every element.
  init(uninitialised shape: Shape, _ dtype: DType) throws {
    self.init(
      shape: shape, dtype: dtype, storage: try Storage.of(shape.count * dtype.size))
  }

  package init<E: TensorElement>(_ values: [E], shape: Shape) throws {
    precondition(values.count == shape.count, "as many values as the shape has places")
    try self.init(uninitialised: shape, E.dtype)
    values.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress {
        storage.start.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  package init<E: TensorElement>(_ values: [E]) throws {
    try self.init(values, shape: Shape(trusted: [values.count]))
  }

  /// Whether both are the same numbers at the same place in memory.
  package func isSame(as other: Tensor) -> Bool {
    storage === other.storage && offset == other.offset && shape == other.shape
  }

  /// Memory for new numbers in place of these: their own, if nobody else holds it.
  mutating func replacement() throws -> Tensor {
    let isOwn = offset == 0 && Recording.current == nil && isKnownUniquelyReferenced(&storage)
    return isOwn ? self : try Tensor(uninitialised: shape, dtype)
  }

  /// The same shape and kind without the numbers, for what must not keep them alive.
  package var withoutNumbers: Tensor {
    Tensor(shape: shape, dtype: dtype, storage: .hollow)
  }

  /// Unpacked for a rule, which does not look at numbers that were not kept.
  package func widened() throws -> Tensor {
    guard storage === Storage.hollow else { return try unpacked() }
    return Tensor(shape: shape, dtype: dtype.computing, storage: storage)
  }

  package var rank: Int { shape.rank }
  package var count: Int { shape.count }
  package var dims: [Int] { shape.dims }

  /// The elements, for reading by an operation that a recording cannot repeat.
  @inline(__always)
  func elements<E: BitwiseCopyable>(_: E.Type) -> UnsafePointer<E> {
    Recording.current?.reads(storage)
    return noted(E.self)
  }

  /// The elements, for reading by an operation that notes itself in a recording.
  @inline(__always)
  func noted<E: BitwiseCopyable>(_: E.Type) -> UnsafePointer<E> {
    UnsafePointer(storage.start.assumingMemoryBound(to: E.self) + offset)
  }

  /// Where the elements begin, for an operation that notes itself in a recording.
  @inline(__always)
  var address: UnsafeMutableRawPointer { storage.start + offset * dtype.size }

  /// The elements of a tensor that nobody else has seen yet, for writing.
  @inline(__always)
  func fresh<E: BitwiseCopyable>(_: E.Type) -> UnsafeMutablePointer<E> {
    storage.start.assumingMemoryBound(to: E.self) + offset
  }

  /// The little-endian bytes of the elements in order.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    Recording.current?.reads(storage)
    let start = storage.start + offset * dtype.size
    return try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(start: start, count: count * dtype.size))
    }
  }

  /// All elements, converted.
  package func array<E: TensorElement>(of: E.Type) -> [E] {
    withExtendedLifetime(storage) {
      switch dtype {
      case .bool: convert(Bool.self) { E(element: $0.asInt64) }
      case .int8: convert(Int8.self) { E(element: $0.asInt64) }
      case .int64: convert(Int64.self) { E(element: $0) }
      case .float16: convert(Half.self) { E(element: $0.asDouble) }
      case .bfloat16: convert(BrainFloat.self) { E(element: $0.asDouble) }
      case .float32: convert(Float.self) { E(element: Double($0)) }
      case .float64: convert(Double.self) { E(element: $0) }
      }
    }
  }

  private func convert<S: TensorElement, E: TensorElement>(_: S.Type, _ body: (S) -> E) -> [E] {
    let source = elements(S.self)
    return [E](unsafeUninitializedCapacity: count) { buffer, filled in
      WorkStop.stretches(of: count) { part in
        for i in part { buffer[i] = body(source[i]) }
        filled = part.upperBound
      }
      // Nobody looks at the rest of a stopped one, but it has to be numbers.
      for i in filled..<count { buffer[i] = E(element: Int64(0)) }
      filled = count
    }
  }

  /// The one element, or nil when there is not exactly one.
  package var item: Double? { count == 1 ? double(at: 0) : nil }

  /// Element `i` in row-major order.
  package func double(at i: Int) -> Double {
    precondition(i >= 0 && i < count)
    return withExtendedLifetime(storage) {
      switch dtype {
      case .bool: elements(Bool.self)[i] ? 1 : 0
      case .int8: Double(elements(Int8.self)[i])
      case .int64: Double(elements(Int64.self)[i])
      case .float16: elements(Half.self)[i].asDouble
      case .bfloat16: elements(BrainFloat.self)[i].asDouble
      case .float32: Double(elements(Float.self)[i])
      case .float64: elements(Double.self)[i]
      }
    }
  }

  /// Element `i` in row-major order, towards zero when it is not whole.
  package func integer(at i: Int) -> Int {
    precondition(i >= 0 && i < count)
    return dtype == .int64
      ? withExtendedLifetime(storage) { Int(elements(Int64.self)[i]) }
      : Int(double(at: i).asInt64)
  }

  /// The same elements under another shape with as many places.
  func viewed(as shape: Shape) -> Tensor {
    Tensor(shape: shape, dtype: dtype, storage: storage, offset: offset)
  }
}
