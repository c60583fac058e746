import Autograd
import Tensors
import Vocabulary

/// A batch while its examples are varied: tensors whose first axis counts examples.
package struct VariedBatch {
  /// [N, …], f32.
  package var x: Tensor
  /// Labels [N], or chances [N, classes].
  package var y: Tensor?
  /// The random numbers of each example, and those of the whole batch.
  let streams: [RandomStream]
  let stream: RandomStream
  /// How many classes the labels of the whole data tell apart.
  let classes: Int

  package init(
    x: Tensor, y: Tensor?, streams: [RandomStream], stream: RandomStream, classes: Int
  ) throws {
    self.x = try x.cast(.float32)
    self.y = y
    self.streams = streams
    self.stream = stream
    self.classes = classes
  }

  /// Sizes of a picture: the last two axes; everything between them and the first is channels.
  func picture(for name: String) throws -> (channels: Int, height: Int, width: Int) {
    guard x.rank >= 3 else {
      throw TensorError.invalid(
        operation: name, reason: "varies pictures [N, …, height, width], these are \(x.dims)",
        hint: nil)
    }
    let (height, width) = (x.dims[x.rank - 2], x.dims[x.rank - 1])
    return (x.dims[1..<x.rank - 2].reduce(1, *), height, width)
  }

  /// Examples of other sizes, each filled from its own numbers by `body(example, from, to)`.
  mutating func fill(
    _ dims: [Int],
    _ body: (Int, UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    let shape = try Shape(checking: [x.dims[0]] + dims)
    try MemoryBudget.check(shape.count.multipliedReportingOverflow(by: 8).partialValue)
    let (from, to) = (x.dims.dropFirst().reduce(1, *), dims.reduce(1, *))
    let values = x.array(of: Float.self)
    let result = [Float](unsafeUninitializedCapacity: shape.count) { buffer, filled in
      buffer.initialize(repeating: 0)
      values.withUnsafeBufferPointer { source in
        for i in 0..<x.dims[0] {
          body(
            i, UnsafeBufferPointer(rebasing: source[i * from..<(i + 1) * from]),
            UnsafeMutableBufferPointer(rebasing: buffer[i * to..<(i + 1) * to]))
        }
      }
      filled = shape.count
    }
    x = try Tensor(result, shape: shape)
  }

  /// Labels as chances of the classes, which can be mixed.
  mutating func chances(for name: String) throws -> (values: [Float], classes: Int) {
    guard let y else {
      throw TensorError.invalid(
        operation: name, reason: "mixes labels, this data has none", hint: nil)
    }
    guard y.dims.first == x.dims[0] else {
      throw TensorError.invalid(
        operation: name, reason: "\(x.dims[0]) examples come with labels \(y.dims)",
        hint: "a label for each example")
    }
    if y.rank == 2, y.dtype.isFloat { return (y.array(of: Float.self), y.dims[1]) }
    guard y.rank == 1, y.dtype == .int64 else {
      throw TensorError.invalid(
        operation: name, reason: "mixes labels [N] or chances [N, classes], not \(y.dims)",
        hint: nil)
    }
    if let label = y.array(of: Int64.self).first(where: { $0 < 0 || $0 >= classes }) {
      throw TensorError.invalid(
        operation: name, reason: "label \(label) is none of \(classes) classes",
        hint: "labels count classes from 0")
    }
    return (try Tensor.oneHot(y, classes: classes).array(of: Float.self), classes)
  }

  /// A share for each example from a beta distribution with both parameters alpha (Jöhnk 1964).
  func shares(_ alpha: Double, part: Int) throws -> [Double] {
    try streams.map { example in
      var own = example.child(UInt64(part))
      while true {
        let a = try Scalar.power(own.nextUniform(), 1 / alpha)
        let b = try Scalar.power(own.nextUniform(), 1 / alpha)
        if a + b > 0, a + b <= 1 { return a / (a + b) }
      }
    }
  }

  /// Another example of the batch for each.
  func partners(part: Int) -> [Int] {
    var own = stream.child(UInt64.max - UInt64(part))
    return own.permutation(x.dims[0])
  }
}

/// A way to vary examples: how it describes itself, and what it does to a batch.
package struct AugmentationKind: Sendable {
  package let entry: Entry
  /// Whether chance has a part in it; what is certain happens to held-out data too.
  package let isRandom: Bool
  /// `part` numbers the steps of a chain, so that each has random numbers of its own.
  let vary: @Sendable (inout VariedBatch, Attributes, _ part: Int) throws -> Void

  package func vary(_ batch: inout VariedBatch, _ settings: Attributes, part: Int) throws {
    guard batch.x.rank > 0, batch.x.dims[0] == batch.streams.count else { return }
    try vary(&batch, settings, part)
  }
}
