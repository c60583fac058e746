import Tensors
import TestSupport
import Testing

/// Kernels that take channels side by side, against the same numbers channel by channel.
@Suite struct ChannelTests {
  private func numbers(_ dims: [Int], _ seed: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed)
    return try stream.normal(Shape(checking: dims))
  }

  private func channel(_ x: Tensor, _ c: Int) throws -> Tensor {
    let (outer, inner) = (x.dims[0], x.dims[2] * x.dims[3])
    let all = x.array(of: Float.self)
    var own: [Float] = []
    for n in 0..<outer {
      let first = (n * x.dims[1] + c) * inner
      own += all[first..<first + inner]
    }
    return try Tensor(own, shape: Shape(checking: [outer, 1, x.dims[2], x.dims[3]]))
  }

  @Test(arguments: [
    (3, 1, 1, 9, 11), (3, 2, 1, 12, 17), (5, 1, 2, 20, 33), (7, 2, 3, 17, 17), (3, 1, 0, 4, 3),
    (2, 1, 1, 5, 40),
  ])
  func `channels that do not mix have the bits of single ones`(
    k: Int, stride: Int, pad: Int, height: Int, width: Int
  ) throws {
    let channels = 18
    var single = WindowGeometry()
    single.stride = (stride, stride)
    (single.padTop, single.padBottom, single.padLeft, single.padRight) = (pad, pad, pad, pad)
    var geometry = single
    geometry.groups = channels
    let x = try numbers([10, channels, height, width], 1)
    let w = try numbers([channels, 1, k, k], 2)
    let y = try Tensor.conv2d(x, w, geometry)
    let dx = try Tensor.conv2dInputGradient(y, w, input: x.shape, geometry)
    let dw = try Tensor.conv2dWeightGradient(y, x, weight: w.shape, geometry)
    for c in [0, 7, 15, 16, 17] {
      let places = c * k * k..<(c + 1) * k * k
      let weights = Array(w.array(of: Float.self)[places])
      let one = try Tensor(weights, shape: Shape(checking: [1, 1, k, k]))
      let (own, up) = (try channel(x, c), try channel(y, c))
      #expect(
        try Tensor.conv2d(own, one, single).array(of: Float.self) == up.array(of: Float.self))
      #expect(
        try Tensor.conv2dInputGradient(up, one, input: own.shape, single).array(of: Float.self)
          == channel(dx, c).array(of: Float.self))
      #expect(
        try Tensor.conv2dWeightGradient(up, own, weight: one.shape, single).array(of: Float.self)
          == Array(dw.array(of: Float.self)[places]))
    }
  }

  @Test(arguments: [[5, 3, 7, 11], [64, 6, 28, 28], [2, 3, 70, 90], [1, 1, 2, 1]])
  func `sums around channels have the bits of sums over their numbers side by side`(dims: [Int])
    throws
  {
    let x = try numbers(dims, 3)
    let turned = try x.transposed([1, 0, 2, 3])
    for operation in [Reduction.sum, .mean] {
      #expect(
        try x.reduce(operation, axes: [0, 2, 3]).array(of: Float.self)
          == turned.reduce(operation, axes: [1, 2, 3]).array(of: Float.self))
      #expect(
        try x.reduce(operation, axes: [0, 3], keepDims: true).dims == [1, dims[1], dims[2], 1])
    }
  }

  @Test(arguments: [(2, 2), (3, 4), (5, 7), (28, 28), (33, 34), (9, 70)])
  func `the largest of four is found at its place`(height: Int, width: Int) throws {
    var stream = RandomStream(seed: 4)
    let shape = try Shape(checking: [3, 5, height, width])
    let p = try stream.uniform(shape).array(of: Float.self)
    let few: [Float] = p.map { $0 > 0.95 ? Float.nan : ($0 * 6).rounded() }
    let x = try Tensor(few, shape: shape)
    var geometry = WindowGeometry()
    geometry.stride = (2, 2)
    let (values, positions) = try Tensor.maxPool2d(x, window: [2, 2], geometry)
    let all = x.array(of: Float.self)
    var at = 0
    for plane in 0..<15 {
      for y in 0..<height / 2 {
        for column in 0..<width / 2 {
          let first = (plane * height + 2 * y) * width + 2 * column
          var best = first
          for place in [first + 1, first + width, first + width + 1] where !all[best].isNaN {
            if all[place] > all[best] || all[place].isNaN { best = place }
          }
          #expect(positions.integer(at: at) == best)
          #expect(values.double(at: at).bitPattern == Double(all[best]).bitPattern)
          at += 1
        }
      }
    }
  }
}
