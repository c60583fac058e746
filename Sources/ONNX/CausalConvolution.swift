import Tensors

/// A convolution over time for each channel alone that looks back only, and remembers the end.
enum CausalConvolution {
  static func run(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(3...3)
    let weight = try call.operand(1)
    let (batch, channels, length) = (x.dims[0], x.dims[1], x.dims[2])
    guard weight.rank == 3, weight.dims[0] == channels, weight.dims[1] == 1, weight.dims[2] > 0
    else { throw GraphError.invalid("weights \(weight.dims) for \(x.dims)") }
    let size = weight.dims[2]
    let stateDims = [batch, channels, size - 1]
    let state =
      try call.optional(3)
      ?? Operand(
        reals: [Double](repeating: 0, count: batch * channels * (size - 1)), stateDims, x.type)
    guard state.dims == stateDims else { throw GraphError.invalid("a state of \(state.dims)") }
    let joined = try Joining.concatenated([state, x], axis: 2)
    let (values, kernel) = (try joined.reals(), try weight.reals())
    let bias = try call.optional(2)?.reals() ?? [Double](repeating: 0, count: channels)
    guard bias.count == channels else { throw GraphError.invalid("\(bias.count) biases") }
    let activation = call.text("activation", "none")
    guard ["none", "", "silu", "swish"].contains(activation) else {
      throw GraphError.unsupported("activation \(activation)")
    }
    var output: [Double] = []
    output.reserveCapacity(x.count)
    for plane in 0..<batch * channels {
      let start = plane * (length + size - 1)
      for t in 0..<length {
        var sum = bias[plane % channels]
        for k in 0..<size { sum += values[start + t + k] * kernel[plane % channels * size + k] }
        output.append(sum)
      }
    }
    if activation.hasPrefix("s") { output = output.map { $0 * GraphOperators.sigmoid($0) } }
    return [
      .tensor(try Operand(reals: output, x.dims, x.type)),
      .tensor(try GraphOperators.part(joined, axis: 2, from: length, size: size - 1)),
    ]
  }
}
