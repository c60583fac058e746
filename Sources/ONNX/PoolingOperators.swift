import Glibc
import Tensors

extension GraphOperators {
  /// Applies a function to the numbers under each window of images [N, C, ...].
  private static func pooled(
    _ call: NodeCall, _ body: ([Double], [Int], [Bool]) -> Double
  ) throws -> Operand {
    let x = try call.operand(0).ranked(3...)
    let window = try Window(call, Array(x.dims[2...]))
    guard zip(window.before + window.after, window.reach + window.reach).allSatisfy({ $0 < $1 })
    else { throw GraphError.invalid("a window of \(window.kernel) would lie outside the image") }
    let size = window.input.reduce(1, *)
    let places = try places(window.output)
    let images = x.dims[0] * x.dims[1]
    _ = try ONNX.places([images, places])
    let values = try x.reals()
    var result = [Double](repeating: 0, count: images * places)
    var place = 0
    try Positions.each(window.output) { index in
      let (flat, isPadded) = window.positions(index)
      for image in 0..<images {
        let numbers = flat.map { $0 < 0 ? 0 : values[image * size + $0] }
        result[image * places + place] = body(numbers, flat, isPadded)
      }
      place += 1
    }
    return try Operand(reals: result, Array(x.dims[..<2]) + window.output, x.type)
  }

  private static func maxPool(_ call: NodeCall) throws -> [GraphValue] {
    let x = try call.operand(0).ranked(3...)
    let values = try pooled(call) { numbers, flat, _ in
      var best = -Double.infinity
      for (number, at) in zip(numbers, flat) where at >= 0 && (number > best || number.isNaN) {
        best = number
      }
      return best
    }
    guard call.wants(1) else { return [.tensor(values)] }
    let window = try Window(call, Array(x.dims[2...]))
    let size = window.input.reduce(1, *)
    let isColumnMajor = call.flag("storage_order")
    let strides = Positions.strides(window.input)
    var columns = [Int](repeating: 1, count: window.input.count)
    for i in columns.indices.dropFirst() { columns[i] = columns[i - 1] * window.input[i - 1] }
    let found = try pooled(call) { numbers, flat, _ in
      var best = -1
      for (k, at) in flat.enumerated() where at >= 0 && (best < 0 || numbers[k] > numbers[best]) {
        best = k
      }
      guard best >= 0 else { return 0 }
      if !isColumnMajor { return Double(flat[best]) }
      let index = strides.indices.map { flat[best] / strides[$0] % window.input[$0] }
      return Double(Positions.flat(index, columns))
    }
    let count = max(1, window.output.reduce(1, *))
    let indices = try found.reals().enumerated().map { Int64($1) + Int64($0 / count * size) }
    return [.tensor(values), .tensor(try Operand(whole: indices, values.dims, .int64))]
  }

  private static func globally(
    _ name: String, _ body: @escaping @Sendable (ArraySlice<Double>, NodeCall) -> Double
  ) -> GraphOperator {
    GraphOperator(name) { call in
      let x = try call.operand(0).ranked(2...)
      let groups = try Groups(x, axes: Array(2..<x.rank))
      guard groups.length > 0 else { throw TensorError.emptyReduction(operation: name) }
      return try Operand(reals: groups.reals { body($0, call) }, groups.dims, x.type)
    }
  }

  private static func maxUnpool(_ call: NodeCall) throws -> Operand {
    let (x, indices) = (try call.operand(0).ranked(3...), try call.operand(1).integers())
    let kernel = call.integers("kernel_shape") ?? []
    let axes = x.rank - 2
    let strides = call.integers("strides") ?? [Int](repeating: 1, count: axes)
    let pads = call.integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
    guard kernel.count == axes, strides.count == axes, pads.count == 2 * axes,
      indices.count == x.count,
      (kernel + strides + pads).allSatisfy({ $0 >= 0 && $0 < 1 << 31 })
    else { throw GraphError.invalid("a window of \(kernel) for \(x.dims)") }
    let sizes = (0..<axes).map {
      (x.dims[$0 + 2] - 1) * strides[$0] - pads[$0] - pads[axes + $0] + kernel[$0]
    }
    let target = Array(x.dims[..<2]) + sizes
    var picks = [Int](repeating: -1, count: try places(target))
    for (from, at) in indices.enumerated() {
      picks[try index(at, picks.count)] = from
    }
    let result = try x.picked(picks, target)
    guard let asked = try call.optional(2)?.integers() else { return result }
    guard asked.count == x.rank, zip(asked, target).allSatisfy({ $0 >= $1 }) else {
      throw GraphError.invalid("an output of \(asked) for \(target)")
    }
    return try mapped(
      result, zip(asked, target).map { wanted, size in (0..<wanted).map { $0 < size ? $0 : -1 } })
  }

  static let poolings: [GraphOperator] = [
    GraphOperator(many: "MaxPool", maxPool),
    GraphOperator("AveragePool") { call in
      let countsPads = call.flag("count_include_pad")
      return try pooled(call) { numbers, flat, isPadded in
        let sum = numbers.reduce(0, +)
        let count =
          countsPads ? isPadded.count { $0 } : flat.count { $0 >= 0 }
        return sum / Double(count)
      }
    },
    GraphOperator("LpPool") { call in
      let p = Double(call.integer("p", 2))
      return try pooled(call) { numbers, _, _ in
        pow(numbers.reduce(0) { $0 + pow(abs($1), p) }, 1 / p)
      }
    },
    globally("GlobalAveragePool") { values, _ in values.reduce(0, +) / Double(values.count) },
    globally("GlobalMaxPool") { values, _ in values.max() ?? 0 },
    globally("GlobalLpPool") { values, call in
      let p = Double(call.integer("p", 2))
      return pow(values.reduce(0) { $0 + pow(abs($1), p) }, 1 / p)
    },
    GraphOperator("MaxUnpool", maxUnpool),
  ]
}
