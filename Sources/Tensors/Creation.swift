extension Tensor {
  /// One number, of rank 0.
  package static func number(_ value: Double, _ dtype: DType = .float64) throws -> Tensor {
    try full(.number, value, dtype)
  }

  package static func integer(_ value: Int) throws -> Tensor {
    try Tensor([Int64(value)], shape: .number)
  }

  package static func full(_ shape: Shape, _ value: Double, _ dtype: DType = .float32) throws
    -> Tensor
  {
    let result = try Tensor(uninitialised: shape, dtype)
    switch dtype {
    case .bool: result.fill(with: value != 0)
    case .int8: result.fill(with: try Tensor.small(value))
    case .int64: result.fill(with: value.asInt64)
    case .float16: result.fill(with: Half(element: value))
    case .bfloat16: result.fill(with: BrainFloat(element: value))
    case .float32: result.fill(with: Float(value))
    case .float64: result.fill(with: value)
    }
    return result
  }

  private func fill<E: BitwiseCopyable>(with value: E) {
    let out = fresh(E.self)
    WorkStop.stretches(of: count, grain: 1 << 24) { part in
      (out + part.lowerBound).initialize(repeating: value, count: part.count)
    }
  }

  package static func zeros(_ shape: Shape, _ dtype: DType = .float32) throws -> Tensor {
    try full(shape, 0, dtype)
  }

  /// `count` numbers from `first` on, `step` apart: i64.
  package static func arange(_ first: Int, count: Int, step: Int = 1) throws -> Tensor {
    let shape = try Shape(checking: [count])
    let result = try Tensor(uninitialised: shape, .int64)
    let out = result.fresh(Int64.self)
    WorkStop.stretches(of: count) { for i in $0 { out[i] = Int64(first &+ i &* step) } }
    return result
  }

  /// `count` numbers from `first` to `last`, both included: f32.
  package static func linspace(_ first: Double, _ last: Double, count: Int) throws -> Tensor {
    let shape = try Shape(checking: [count])
    let result = try Tensor(uninitialised: shape, .float32)
    let out = result.fresh(Float.self)
    WorkStop.stretches(of: count) { stretch in
      for i in stretch {
        let part = count == 1 ? 0 : Double(i) / Double(count - 1)
        out[i] = Float(first + (last - first) * part)
      }
    }
    return result
  }

  /// The identity matrix [n, n]: f32.
  package static func eye(_ n: Int) throws -> Tensor {
    let result = try zeros(Shape(checking: [n, n]))
    let out = result.fresh(Float.self)
    for i in 0..<n { out[i * n + i] = 1 }
    return result
  }

  /// Indices of any shape to rows of zeros with a one: [..., classes], f32.
  package static func oneHot(_ indices: Tensor, classes: Int) throws -> Tensor {
    let result = try Tensor(uninitialised: Shape(checking: indices.dims + [classes]), .float32)
    let rows = try indices.cast(.int64)
    let (count, rank) = (rows.count, indices.rank)
    try withExtendedLifetime(rows.storage) {
      try mark(rows.address, result.address, count, classes, rank)
    }
    Recording.current?.note("one_hot", [rows], [result]) { at, _ in
      try mark(at[0], at[1], count, classes, rank)
    }
    return result
  }

  private static func mark(
    _ indices: UnsafeRawPointer, _ rows: UnsafeMutableRawPointer, _ count: Int, _ classes: Int,
    _ rank: Int
  ) throws {
    let at = indices.assumingMemoryBound(to: Int64.self)
    let out = rows.assumingMemoryBound(to: Float.self)
    try WorkStop.stretches(of: count, grain: max(1, (1 << 20) / max(1, classes))) { part in
      (out + part.lowerBound * classes).update(repeating: 0, count: part.count * classes)
      for i in part {
        guard at[i] >= 0, at[i] < classes else {
          throw TensorError.indexOutOfRange(index: Int(at[i]), size: classes, axis: rank)
        }
        out[i * classes + Int(at[i])] = 1
      }
    }
  }

  /// The same numbers as another kind; floats become integers towards zero, and the nearest of fewer
  /// bits, ties to the even one. Throws where a number does not fit into i8.
  package func cast(_ target: DType) throws -> Tensor {
    if target == dtype { return self }
    let result = try Tensor(uninitialised: shape, target)
    let (source, count) = (dtype, count)
    try withExtendedLifetime(storage) {
      try Tensor.convert(source, target, count, address, result.address)
    }
    Recording.current?.note("cast", [self], [result]) { at, _ in
      try Tensor.convert(source, target, count, at[0], at[1])
    }
    return result
  }

  private static func convert(
    _ source: DType, _ target: DType, _ count: Int, _ x: UnsafeRawPointer,
    _ y: UnsafeMutableRawPointer
  ) throws {
    if convertHalves(source, target, count, x, y) { return }
    if source == .bool, target == .float32 {
      // Masks, often: simple enough for vectors.
      let (mask, out) = (
        x.assumingMemoryBound(to: UInt8.self), y.assumingMemoryBound(to: Float.self)
      )
      WorkStop.stretches(of: count) { for i in $0 { out[i] = Float(mask[i]) } }
      return
    }
    func fill<S: TensorElement, E: TensorElement>(_: S.Type, _: E.Type, _ body: (S) -> E) {
      let source = x.assumingMemoryBound(to: S.self)
      let out = y.assumingMemoryBound(to: E.self)
      WorkStop.stretches(of: count) { for i in $0 { out[i] = body(source[i]) } }
    }
    func fillSmall<S: TensorElement>(_: S.Type) throws {
      let source = x.assumingMemoryBound(to: S.self)
      let out = y.assumingMemoryBound(to: Int8.self)
      try WorkStop.stretches(of: count) { for i in $0 { out[i] = try small(source[i].asDouble) } }
    }
    func from<S: TensorElement>(_: S.Type) throws {
      switch target {
      case .bool: fill(S.self, Bool.self) { $0.asDouble != 0 }
      case .int8: try fillSmall(S.self)
      case .int64: fill(S.self, Int64.self) { $0.asInt64 }
      case .float16 where S.dtype == .int64:
        fill(S.self, Half.self) { Half(element: $0.asInt64) }
      case .float16: fill(S.self, Half.self) { Half(element: $0.asDouble) }
      case .bfloat16 where S.dtype == .int64:
        fill(S.self, BrainFloat.self) { BrainFloat(element: $0.asInt64) }
      case .bfloat16: fill(S.self, BrainFloat.self) { BrainFloat(element: $0.asDouble) }
      case .float32: fill(S.self, Float.self) { Float($0.asDouble) }
      case .float64: fill(S.self, Double.self) { $0.asDouble }
      }
    }
    switch source {
    case .bool: try from(Bool.self)
    case .int8: try from(Int8.self)
    case .int64: try from(Int64.self)
    case .float16: try from(Half.self)
    case .bfloat16: try from(BrainFloat.self)
    case .float32: try from(Float.self)
    case .float64: try from(Double.self)
    }
  }

  /// Towards zero, into eight bits.
  private static func small(_ x: Double) throws -> Int8 {
    guard x.isFinite, let fitting = Int8(exactly: x.rounded(.towardZero)) else {
      throw TensorError.invalid(
        operation: "i8", reason: "\(shortNumber(x)) does not fit, it holds -128 to 127",
        hint: "clip(x, -128, 127), or \"i64\"")
    }
    return fitting
  }
}
