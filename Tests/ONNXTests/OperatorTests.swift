import ONNX
import TestSupport
import Testing

/// One operator, its settings, its inputs, and the numbers that its definition gives.
struct OperatorCase: Sendable, CustomTestStringConvertible {
  let name: String
  var attributes: [[UInt8]] = []
  let inputs: [(values: [Double], dims: [Int])]
  let dims: [Int]
  let numbers: [Double]
  var testDescription: String { name }
}

private let row: (values: [Double], dims: [Int]) = ([1, 2, 3, 4], [1, 1, 4])
private let square: (values: [Double], dims: [Int]) = ([1, 2, 3, 4], [1, 1, 2, 2])

private let cases: [OperatorCase] = [
  OperatorCase(
    name: "Softmax", inputs: [([0, 0, 1, 1], [2, 2])], dims: [2, 2], numbers: [0.5, 0.5, 0.5, 0.5]),
  OperatorCase(
    name: "ReduceMean", attributes: [Wire.attribute("keepdims", 0)],
    inputs: [([1, 2, 3, 4], [2, 2])], dims: [], numbers: [2.5]),
  OperatorCase(
    name: "Transpose", attributes: [Wire.attribute("perm", [1, 0])],
    inputs: [([1, 2, 3, 4, 5, 6], [2, 3])], dims: [3, 2], numbers: [1, 4, 2, 5, 3, 6]),
  OperatorCase(
    name: "Concat", attributes: [Wire.attribute("axis", 1)],
    inputs: [([1, 2], [2, 1]), ([3, 4], [2, 1])], dims: [2, 2], numbers: [1, 3, 2, 4]),
  OperatorCase(
    name: "Conv", attributes: [Wire.attribute("pads", [1, 1])],
    inputs: [row, ([1, 0, -1], [1, 1, 3])], dims: [1, 1, 4], numbers: [-2, -2, -2, 3]),
  OperatorCase(
    name: "ConvTranspose", attributes: [Wire.attribute("strides", [2])],
    inputs: [([1, 2], [1, 1, 2]), ([1, 10], [1, 1, 2])], dims: [1, 1, 4], numbers: [1, 10, 2, 20]),
  OperatorCase(
    name: "MaxPool", attributes: [Wire.attribute("kernel_shape", [2])],
    inputs: [row], dims: [1, 1, 3], numbers: [2, 3, 4]),
  OperatorCase(
    name: "AveragePool",
    attributes: [
      Wire.attribute("kernel_shape", [2]), Wire.attribute("pads", [1, 0]),
      Wire.attribute("count_include_pad", 1),
    ], inputs: [row], dims: [1, 1, 4], numbers: [0.5, 1.5, 2.5, 3.5]),
  OperatorCase(
    name: "GlobalAveragePool", inputs: [square], dims: [1, 1, 1, 1], numbers: [2.5]),
  OperatorCase(
    name: "LayerNormalization", inputs: [([-1, 1], [1, 2]), ([2, 3], [2]), ([1, 1], [2])],
    dims: [1, 2], numbers: [-0.99999, 3.999985]),
  OperatorCase(
    name: "DepthToSpace", attributes: [Wire.attribute("blocksize", 2)],
    inputs: [([1, 2, 3, 4], [1, 4, 1, 1])], dims: [1, 1, 2, 2], numbers: [1, 2, 3, 4]),
  OperatorCase(
    name: "Einsum", attributes: [Wire.attribute("equation", "ij,jk->ki")],
    inputs: [([1, 2, 3, 4], [2, 2]), ([1, 0, 0, 1], [2, 2])], dims: [2, 2], numbers: [1, 3, 2, 4]),
  OperatorCase(
    name: "Einsum", attributes: [Wire.attribute("equation", "...ii->...")],
    inputs: [([1, 2, 3, 4], [1, 2, 2])], dims: [1], numbers: [5]),
  OperatorCase(
    name: "GridSample", attributes: [Wire.attribute("align_corners", 1)],
    inputs: [square, ([-1, -1, 0, 0, 1, 1], [1, 1, 3, 2])], dims: [1, 1, 1, 3],
    numbers: [1, 2.5, 4]),
  OperatorCase(
    name: "Attention",
    inputs: [
      ([0, 0], [1, 1, 1, 2]), ([1, 2, 3, 4], [1, 1, 2, 2]), ([10, 20, 30, 40], [1, 1, 2, 2]),
    ], dims: [1, 1, 1, 2], numbers: [20, 30]),
  OperatorCase(
    name: "Det", inputs: [([0, 2, 3, 4], [2, 2])], dims: [], numbers: [-6]),
  OperatorCase(
    name: "Mod", attributes: [Wire.attribute("fmod", 1)],
    inputs: [([-7, 7], [2]), ([3, -3], [2])], dims: [2], numbers: [-1, 1]),
]

@Suite struct OperatorTests {
  @Test(arguments: cases) func `an operator gives what its definition says`(_ item: OperatorCase)
    throws
  {
    let results = try run(
      single(item.name, inputs: item.inputs.count, item.attributes), item.inputs)
    #expect(results[0].dims == item.dims)
    expectClose(results[0].numbers, item.numbers)
  }

  @Test func `an LSTM with open gates adds up its inputs`() throws {
    // Weights of zero and large biases open the gates i, o and f; the cell takes tanh(x).
    let open: [Double] = [40, 40, 40, 0, 0, 0, 0, 0]
    let results = try run(
      single("LSTM", inputs: 4, outputs: 3, [Wire.attribute("hidden_size", 1)]),
      [
        ([0.5, 0.25], [2, 1, 1]), ([0, 0, 0, 1], [1, 4, 1]), ([0, 0, 0, 0], [1, 4, 1]),
        (open, [1, 8]),
      ])
    // tanh(0.5) + tanh(0.25)
    expectClose(results[2].numbers, [0.46211716 + 0.24491866])
    expectClose(results[1].numbers, [0.60881470])
    #expect(results[0].dims == [2, 1, 1, 1])
  }

  @Test func `small types wrap and round when they are cast`() throws {
    func cast(_ code: Int, _ values: [Double]) throws -> [Double] {
      try run(single("Cast", [Wire.attribute("to", code)]), [(values, [values.count])])[0].numbers
    }
    #expect(try cast(10, [2049, 65519, 65520]) == [2048, 65504, .infinity])
    #expect(try cast(3, [127, 128, -129]) == [127, -128, 127])
    #expect(try cast(17, [500, -500, 0.3]) == [448, -448, 0.3125])
    #expect(try cast(9, [0, -3, 0.5]) == [0, 1, 1])
  }

  @Test func `the table names the operators of the suite's core`() {
    let core = ["Conv", "LSTM", "Resize", "NonMaxSuppression", "SoftmaxCrossEntropyLoss", "Scan"]
    #expect(core.allSatisfy { GraphOperators.names.contains($0) })
  }
}
