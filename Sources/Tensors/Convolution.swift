import CKernels

/// How a window moves over an image: sizes as (height, width) pairs.
package struct WindowGeometry: Sendable, Equatable {
  package var stride: (height: Int, width: Int) = (1, 1)
  package var padTop = 0
  package var padLeft = 0
  package var padBottom = 0
  package var padRight = 0
  package var dilation: (height: Int, width: Int) = (1, 1)
  package var groups = 1

  package init() {}

  package static func == (a: Self, b: Self) -> Bool {
    a.stride == b.stride && a.dilation == b.dilation && a.groups == b.groups
      && a.padTop == b.padTop && a.padLeft == b.padLeft && a.padBottom == b.padBottom
      && a.padRight == b.padRight
  }

  /// The output's height and width for an image and a window, or an error that names both.
  func output(_ operation: String, image: [Int], window: [Int]) throws -> (height: Int, width: Int)
  {
    func size(_ length: Int, _ window: Int, _ pad: Int, _ stride: Int, _ dilation: Int) throws
      -> Int
    {
      guard stride > 0, dilation > 0, window > 0, pad >= 0, pad <= 1 << 21, dilation < 1 << 20
      else {
        throw TensorError.invalid(
          operation: operation,
          reason: "window, stride and dilation should be at least 1, padding at least 0",
          hint: nil)
      }
      let reach = dilation * (window - 1) + 1
      guard length + pad >= reach else {
        throw TensorError.windowTooLarge(
          operation: operation, window: [reach], input: [length + pad])
      }
      return (length + pad - reach) / stride + 1
    }
    let most = 1 << 20
    guard padTop <= most, padBottom <= most, padLeft <= most, padRight <= most else {
      throw TensorError.invalid(
        operation: operation, reason: "the padding is larger than \(most)", hint: nil)
    }
    return (
      try size(image[0], window[0], padTop + padBottom, stride.height, dilation.height),
      try size(image[1], window[1], padLeft + padRight, stride.width, dilation.width)
    )
  }
}

/// A convolution whose sizes have been checked.
struct ConvolutionPlan: Sendable {
  let images, channels, outputs, groups, positions, patch: Int
  let window: ck_window
  let target: Shape
  let kind: DType
  var outputsOfGroup: Int { outputs / groups }
  var imageSize: Int { channels / groups * Int(window.height * window.width) }

  init(_ input: [Int], _ weight: [Int], _ geometry: WindowGeometry, _ kind: DType) throws {
    guard input.count == 4, weight.count == 4 else {
      throw TensorError.invalid(
        operation: "conv2d",
        reason:
          "needs images [N, C, H, W] and weights [out, C, h, w], these are \(input) and \(weight)",
        hint: nil)
    }
    groups = geometry.groups
    guard groups > 0, input[1] % groups == 0, weight[0] % groups == 0,
      weight[1] == input[1] / groups
    else {
      throw TensorError.invalid(
        operation: "conv2d",
        reason: "the images have \(input[1]) channels, the weights \(weight) expect "
          + "\(weight[1] * max(groups, 1))", hint: nil)
    }
    let out = try geometry.output(
      "conv2d", image: [input[2], input[3]], window: [weight[2], weight[3]])
    (images, channels, outputs) = (input[0], input[1], weight[0])
    positions = out.height * out.width
    patch = weight[1] * weight[2] * weight[3]
    _ = try Shape(checking: [patch, positions])
    target = try Shape(checking: [images, outputs, out.height, out.width])
    self.kind = kind
    window = ck_window(
      channels: input[1] / groups, height: input[2], width: input[3], kernel_height: weight[2],
      kernel_width: weight[3], stride_height: geometry.stride.height,
      stride_width: geometry.stride.width, pad_top: geometry.padTop, pad_left: geometry.padLeft,
      dilation_height: geometry.dilation.height, dilation_width: geometry.dilation.width,
      out_height: out.height, out_width: out.width)
  }
}

/// The kernels of one element type under one name.
protocol ConvolutionElement: TensorElement {
  static func im2col(
    _ w: UnsafePointer<ck_window>, _ image: UnsafePointer<Self>,
    _ columns: UnsafeMutablePointer<Self>)
  static func col2im(
    _ w: UnsafePointer<ck_window>, _ columns: UnsafePointer<Self>,
    _ image: UnsafeMutablePointer<Self>)
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ ta: Bool,
    _ b: UnsafePointer<Self>, _ ldb: Int, _ tb: Bool, _ c: UnsafeMutablePointer<Self>, _ ldc: Int,
    accumulate: Bool)
}

extension Float: ConvolutionElement {
  static func im2col(
    _ w: UnsafePointer<ck_window>, _ image: UnsafePointer<Float>,
    _ columns: UnsafeMutablePointer<Float>
  ) {
    ck_im2col_f32(w, image, columns)
  }
  static func col2im(
    _ w: UnsafePointer<ck_window>, _ columns: UnsafePointer<Float>,
    _ image: UnsafeMutablePointer<Float>
  ) {
    ck_col2im_f32(w, columns, image)
  }
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int, _ ta: Bool,
    _ b: UnsafePointer<Float>, _ ldb: Int, _ tb: Bool, _ c: UnsafeMutablePointer<Float>, _ ldc: Int,
    accumulate: Bool
  ) { ck_gemm_f32(m, n, k, a, lda, ta ? 1 : 0, b, ldb, tb ? 1 : 0, c, ldc, accumulate ? 1 : 0) }
}

extension Double: ConvolutionElement {
  static func im2col(
    _ w: UnsafePointer<ck_window>, _ image: UnsafePointer<Double>,
    _ columns: UnsafeMutablePointer<Double>
  ) {
    ck_im2col_f64(w, image, columns)
  }
  static func col2im(
    _ w: UnsafePointer<ck_window>, _ columns: UnsafePointer<Double>,
    _ image: UnsafeMutablePointer<Double>
  ) {
    ck_col2im_f64(w, columns, image)
  }
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ lda: Int, _ ta: Bool,
    _ b: UnsafePointer<Double>, _ ldb: Int, _ tb: Bool, _ c: UnsafeMutablePointer<Double>,
    _ ldc: Int,
    accumulate: Bool
  ) { ck_gemm_f64(m, n, k, a, lda, ta ? 1 : 0, b, ldb, tb ? 1 : 0, c, ldc, accumulate ? 1 : 0) }
}

extension Tensor {
  /// Cross-correlation of images [N, C, H, W] with weights [out, C / groups, h, w]:
  /// [N, out, H', W'].
  package static func conv2d(_ x: Tensor, _ w: Tensor, _ geometry: WindowGeometry) throws -> Tensor
  {
    let kind = max(.float32, x.dtype.joined(w.dtype))
    let plan = try ConvolutionPlan(x.dims, w.dims, geometry, kind)
    let result = try Tensor(uninitialised: plan.target, kind)
    let (images, weights, scratch) = (
      try x.cast(kind), try w.cast(kind), try plan.scratch(.forward)
    )
    func run(_ at: UnsafePointer<UnsafeMutableRawPointer>) {
      if plan.isDirect { return plan.directly(.forward, at) }
      if kind == .float64 { plan.forward(Double.self, at) } else { plan.forward(Float.self, at) }
    }
    try apply("conv2d", [images, weights], [result, scratch], run)
    return result
  }

  /// The gradient of `conv2d` for its images, from the gradient of its result.
  package static func conv2dInputGradient(
    _ upstream: Tensor, _ w: Tensor, input: Shape, _ geometry: WindowGeometry
  ) throws -> Tensor {
    let kind = upstream.dtype
    let plan = try ConvolutionPlan(input.dims, w.dims, geometry, kind)
    let result = try Tensor(uninitialised: input, kind)
    let (weights, scratch, bytes) = (
      try w.cast(kind), try plan.scratch(.toInput), input.count * kind.size
    )
    func run(_ at: UnsafePointer<UnsafeMutableRawPointer>) {
      if plan.isDirect { return plan.directly(.toInput, at) }
      at[2].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      if kind == .float64 { plan.toInput(Double.self, at) } else { plan.toInput(Float.self, at) }
    }
    try apply("conv2d to images", [upstream, weights], [result, scratch], run)
    return result
  }

  /// The gradient of `conv2d` for its weights: image by image within fixed chunks, then chunk by chunk.
  package static func conv2dWeightGradient(
    _ upstream: Tensor, _ x: Tensor, weight: Shape, _ geometry: WindowGeometry
  ) throws -> Tensor {
    let kind = upstream.dtype
    let plan = try ConvolutionPlan(x.dims, weight.dims, geometry, kind)
    let images = try x.cast(kind)
    let partial = try Tensor(
      uninitialised: Shape(checking: [max(1, plan.chunks)] + weight.dims), kind)
    let (scratch, bytes) = (try plan.scratch(.toWeights), partial.count * kind.size)
    func run(_ at: UnsafePointer<UnsafeMutableRawPointer>) {
      if plan.isDirect && plan.images > 0 { return plan.directly(.toWeights, at) }
      at[2].initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      if kind == .float64 {
        plan.toWeights(Double.self, at)
      } else {
        plan.toWeights(Float.self, at)
      }
    }
    try apply("conv2d to weights", [upstream, images], [partial, scratch], run)
    return try partial.reduce(.sum, axes: [0])
  }

  /// Runs an operation on the addresses of its inputs and outputs, now and when it is repeated.
  static func apply(
    _ name: String, _ inputs: [Tensor], _ outputs: [Tensor], form: LineForm? = nil,
    _ run: @escaping (UnsafePointer<UnsafeMutableRawPointer>) throws -> Void
  ) throws {
    let count = inputs.count + outputs.count
    try withExtendedLifetime((inputs, outputs)) {
      try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: count) {
        places in
        for (i, tensor) in inputs.enumerated() { places[i] = tensor.address }
        for (i, tensor) in outputs.enumerated() { places[inputs.count + i] = tensor.address }
        if let start = places.baseAddress { try run(UnsafePointer(start)) }
      }
    }
    Recording.current?.note(name, inputs, outputs, form: form) { at, _ in try run(at) }
  }
}

extension ConvolutionPlan {
  /// Images that one worker takes, and the chunk over which weight gradients are first summed.
  static let imageChunk = 8
  /// Chunks that may be at work at once.
  static let slots = 64

  var chunks: Int { (images + ConvolutionPlan.imageChunk - 1) / ConvolutionPlan.imageChunk }

  /// Memory for each chunk at work: planes, or the columns of one image.
  func scratch(_ pass: Pass) throws -> Tensor {
    let slots = max(1, min(chunks, ConvolutionPlan.slots))
    let size = isDirect ? directScratch(pass) : patch * positions
    return try Tensor(uninitialised: Shape(checking: [slots, size]), kind)
  }

  func forward<E: ConvolutionElement>(_: E.Type, _ at: UnsafePointer<UnsafeMutableRawPointer>) {
    nonisolated(unsafe) let (p, q, r) = (
      at[0].assumingMemoryBound(to: E.self), at[1].assumingMemoryBound(to: E.self),
      at[2].assumingMemoryBound(to: E.self)
    )
    let rows = outputsOfGroup
    eachImage(at[3].assumingMemoryBound(to: E.self)) { n, columns in
      var window = window
      for g in 0..<groups {
        E.im2col(&window, p + (n * groups + g) * imageSize, columns)
        E.gemm(
          rows, positions, patch, q + g * rows * patch, patch, false, columns, positions, false,
          r + (n * outputs + g * rows) * positions, positions, accumulate: false)
      }
    }
  }

  func toInput<E: ConvolutionElement>(_: E.Type, _ at: UnsafePointer<UnsafeMutableRawPointer>) {
    nonisolated(unsafe) let (p, q, r) = (
      at[0].assumingMemoryBound(to: E.self), at[1].assumingMemoryBound(to: E.self),
      at[2].assumingMemoryBound(to: E.self)
    )
    let rows = outputsOfGroup
    eachImage(at[3].assumingMemoryBound(to: E.self)) { n, columns in
      var window = window
      for g in 0..<groups {
        E.gemm(
          patch, positions, rows, q + g * rows * patch, patch, true,
          p + (n * outputs + g * rows) * positions, positions, false, columns, positions,
          accumulate: false)
        E.col2im(&window, columns, r + (n * groups + g) * imageSize)
      }
    }
  }

  func toWeights<E: ConvolutionElement>(_: E.Type, _ at: UnsafePointer<UnsafeMutableRawPointer>) {
    nonisolated(unsafe) let (p, q, r) = (
      at[0].assumingMemoryBound(to: E.self), at[1].assumingMemoryBound(to: E.self),
      at[2].assumingMemoryBound(to: E.self)
    )
    let rows = outputsOfGroup
    eachImage(at[3].assumingMemoryBound(to: E.self)) { n, columns in
      var window = window
      let sum = r + n / ConvolutionPlan.imageChunk * outputs * patch
      for g in 0..<groups {
        E.im2col(&window, q + (n * groups + g) * imageSize, columns)
        E.gemm(
          rows, patch, positions, p + (n * outputs + g * rows) * positions, positions, false,
          columns, positions, true, sum + g * rows * patch, patch, accumulate: true)
      }
    }
  }

  /// Calls the body for each image, in fixed chunks that run side by side, with scratch memory for
  /// the columns of one image.
  private func eachImage<E: ConvolutionElement>(
    _ scratch: UnsafeMutablePointer<E>, _ body: @Sendable (Int, UnsafeMutablePointer<E>) -> Void
  ) {
    nonisolated(unsafe) let memory = scratch
    let (size, all) = (patch * positions, chunks)
    for first in stride(from: 0, to: all, by: ConvolutionPlan.slots) {
      Workers.run(parts: min(ConvolutionPlan.slots, all - first)) { slot in
        let start = (first + slot) * ConvolutionPlan.imageChunk
        for n in start..<min(images, start + ConvolutionPlan.imageChunk) {
          body(n, memory + slot * size)
        }
      }
    }
  }
}
