import Formats
import ONNX
import Tensors
import TestSupport
import Testing

/// Runs a model on tensors of floats and gives its results as numbers.
func run(_ model: [UInt8], _ inputs: [(values: [Double], dims: [Int])]) throws -> [Result] {
  let values = try inputs.map {
    GraphValue.tensor(try Operand(reals: $0.values, $0.dims, .float32))
  }
  return try GraphRunner(ONNXModel(model)).run(values).map { value in
    guard case .tensor(let operand)? = value else { return Result(dims: [], numbers: []) }
    return Result(dims: operand.dims, numbers: try operand.numbers())
  }
}

struct Result: Equatable {
  let dims: [Int]
  let numbers: [Double]
}

/// A model of one node.
func single(
  _ operation: String, inputs: Int = 1, outputs: Int = 1, _ attributes: [[UInt8]] = [],
  version: Int = 22
) -> [UInt8] {
  let ins = (0..<inputs).map { "x\($0)" }
  let outs = (0..<outputs).map { "y\($0)" }
  return Wire.model(
    Wire.graph([Wire.node(operation, ins, outs, attributes)], inputs: ins, outputs: outs),
    version: version)
}

@Suite struct GraphTests {
  @Test func `nodes run one after the other, with constants`() throws {
    let graph = Wire.graph(
      [
        Wire.node("MatMul", ["x", "w"], ["h"]), Wire.node("Add", ["h", "b"], ["s"]),
        Wire.node("Relu", ["s"], ["y"]),
      ], inputs: ["x"], outputs: ["y"],
      constants: [
        Wire.tensor([1, -1, 2, 0] as [Float], [2, 2], name: "w"),
        Wire.tensor([0.5, -0.5] as [Float], [2], name: "b"),
      ])
    let results = try run(Wire.model(graph), [([1, 2, 3, 4], [2, 2])])
    #expect(results == [Result(dims: [2, 2], numbers: [5.5, 0, 11.5, 0])])
  }

  @Test func `a loop carries its values and stacks what it scans`() throws {
    // Doubles a number three times and keeps each.
    let body = Wire.graph(
      [
        Wire.node("Add", ["v", "v"], ["next"]), Wire.node("Identity", ["next"], ["seen"]),
        Wire.node("Identity", ["go"], ["on"]),
      ], inputs: ["i", "go", "v"], outputs: ["on", "next", "seen"])
    let graph = Wire.graph(
      [
        Wire.node("Loop", ["count", "", "x"], ["y", "all"], [Wire.attribute("body", graph: body)])
      ],
      inputs: ["x"], outputs: ["y", "all"], constants: [Wire.tensor([3], [], name: "count")])
    let results = try run(Wire.model(graph), [([1.5], [1])])
    #expect(results[0].numbers == [12])
    #expect(results[1] == Result(dims: [3, 1], numbers: [3, 6, 12]))
  }

  @Test func `an unknown operator is said to be unsupported`() throws {
    let error = #expect(throws: GraphError.self) { try run(single("Frobnicate"), [([1], [1])]) }
    #expect(error?.isUnsupported == true)
    #expect(error?.message == "Frobnicate: not supported: there is no operator Frobnicate")
  }

  @Test func `a mistake names its node and the shapes`() throws {
    let error = #expect(throws: GraphError.self) {
      try run(single("MatMul", inputs: 2), [([1, 2], [1, 2]), ([1, 2, 3], [3, 1])])
    }
    #expect(error?.isUnsupported == false)
    #expect(
      error?.message == "MatMul: cannot multiply [1, 2] @ [3, 1]: the inner sizes 2 and 3 differ")
  }

  @Test func `every beginning of a model is refused or misses something`() throws {
    let model = single("Relu")
    // The version that follows the graph is not needed.
    for count in 0..<model.count - 6 {
      #expect(throws: (any Error).self) {
        let results = try run(Array(model[..<count]), [([1], [1])])
        if results.first?.numbers != [1] { throw GraphError.invalid("nothing came out") }
      }
    }
  }

  @Test func `sizes that a file does not hold are refused before memory is taken`() {
    let bytes = Wire.field(1, 1 << 40) + Wire.field(2, 1) + Wire.field(9, "abcd")
    #expect(throws: FormatError.self) { try Operand(ONNXTensor(bytes[...])) }
    let product = Wire.field(1, 1 << 40) + Wire.field(1, 1 << 40) + Wire.field(2, 1)
    #expect(throws: FormatError.self) { try ONNXTensor(product[...]) }
  }

  @Test func `graphs nested without end are refused`() {
    var graph = Wire.graph([], inputs: [], outputs: [])
    for _ in 0..<40 {
      graph = Wire.graph(
        [Wire.node("If", ["c"], ["y"], [Wire.attribute("then_branch", graph: graph)])],
        inputs: [], outputs: ["y"])
    }
    #expect(throws: FormatError.self) { try ONNXModel(Wire.model(graph)) }
  }
}
