import Autograd
import Tensors
import TestSupport
import Testing

/// Values of NumPy 2.4 and SciPy's special functions, printed in full.
@Suite struct SpecialFunctionTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let inputs: [Double]
    let outputs: [Double]
    var testDescription: String { name }
  }

  static let rows = [
    Row(
      name: "tan", inputs: [0.3, 1.5, -2.0],
      outputs: [0.3093362496096232, 14.101419947171719, 2.185039863261519]),
    Row(
      name: "asin", inputs: [0.2, -0.99, 1.0],
      outputs: [0.2013579207903308, -1.4292568534704693, 1.5707963267948966]),
    Row(
      name: "acos", inputs: [0.2, -0.99, -1.0],
      outputs: [1.369438406004566, 3.000053180265366, 3.141592653589793]),
    Row(
      name: "atan", inputs: [0.1, 0.5, -1.2, 7.0, 1000000000.0],
      outputs: [
        0.09966865249116204, 0.4636476090008061, -0.8760580505981934, 1.4288992721907328,
        1.5707963257948967,
      ]),
    Row(
      name: "sinh", inputs: [1e-09, 0.5, -20.0],
      outputs: [1e-09, 0.5210953054937474, -242582597.70489514]),
    Row(
      name: "cosh", inputs: [0.5, -20.0],
      outputs: [1.1276259652063807, 242582597.70489514]),
    Row(
      name: "asinh", inputs: [1e-09, -3.0, 1000000000000.0],
      outputs: [1e-09, -1.8184464592320668, 28.324168296488494]),
    Row(
      name: "acosh", inputs: [1.0, 1.0001, 1000000000000.0],
      outputs: [0.0, 0.014142017775251545, 28.324168296488494]),
    Row(
      name: "atanh", inputs: [1e-09, 0.5, -0.999],
      outputs: [1e-09, 0.5493061443340549, -3.8002011672501994]),
    Row(
      name: "log2", inputs: [8.0, 0.3, 1e-300],
      outputs: [3.0, -1.7369655941662063, -996.5784284662087]),
    Row(
      name: "log10", inputs: [1000.0, 0.3],
      outputs: [3.0, -0.5228787452803376]),
    Row(
      name: "exp2", inputs: [10.0, -0.5],
      outputs: [1024.0, 0.7071067811865476]),
    Row(
      name: "erfc", inputs: [-1.0, 0.4, 3.0, 10.0],
      outputs: [
        1.8427007929497148, 0.5716076449533316, 2.2090496998585445e-05, 2.0884875837625446e-45,
      ]),
    Row(
      name: "erfinv", inputs: [1e-06, -0.7, 0.999999],
      outputs: [8.862269254529899e-07, -0.7328690779592169, 3.458910737275499]),
    Row(
      name: "lgamma", inputs: [0.1, 1.5, -2.3, 30.0, 1000000.0],
      outputs: [
        2.252712651734206, -0.12078223763524526, 0.36956666345500805, 71.257038967168,
        12815504.569147611,
      ]),
    Row(
      name: "digamma", inputs: [0.1, 1.5, -2.3, 30.0],
      outputs: [-10.423754940411076, 0.03648997397857652, 3.3173231575618236, 3.384438132685525]),
    Row(
      name: "i0", inputs: [0.5, 5.0, 40.0],
      outputs: [1.0634833707413234, 27.239871823604442, 1.48947747934199e+16]),
    Row(
      name: "i1", inputs: [-0.5, 5.0, 40.0],
      outputs: [-0.25789430539089636, 24.335642142450524, 1.4707396163259354e+16]),
    Row(
      name: "sinc", inputs: [0.0, 0.5, 3.3],
      outputs: [1.0, 0.6366197723675814, -0.07803579012128542]),
  ]

  @Test(arguments: rows)
  func `a special function agrees with SciPy`(row: Row) throws {
    let operation = try #require(Operations.catalog[row.name])
    let wide = try operation(Variable(tensor(row.inputs, [row.inputs.count])))
    expectClose(wide.value.doubles, row.outputs, relative: 1e-12, absolute: 1e-14, "\(row.name)")
    let narrow = try operation(Variable(tensor(row.inputs, [row.inputs.count], .float32)))
    #expect(narrow.dtype == .float32)
  }

  @Test func `higher derivatives of digamma agree with SciPy`() throws {
    let x = Variable(try tensor([0.1, 1.5, 30], [3]))
    expectClose(
      try Operations.polygamma(x, ["n": .integer(1)]).value.doubles,
      [101.43329915079275, 0.9348022005446793, 0.033895060357739946], relative: 1e-11)
    expectClose(
      try Operations.polygamma(x, ["n": .integer(2)]).value.doubles,
      [-2001.8614573783439, -0.8287966442343201, -0.0011487652037285997], relative: 1e-11)
    expectClose(
      try Operations.polygamma(x, ["n": .integer(4)]).value.doubles,
      [-2400015.6072031953, -3.474249826667225, -7.914941340181022e-06], relative: 1e-11)
  }

  @Test func `the incomplete gamma function and its complement agree with SciPy`() throws {
    let a = Variable(try tensor([0.5, 3, 10], [3]))
    let x = Variable(try tensor([0.2, 5, 3], [3]))
    expectClose(
      try Operations.igamma([a, x]).value.doubles,
      [0.47291074313446196, 0.8753479805169189, 0.0011024881301154815], relative: 1e-11)
    expectClose(
      try Operations.igamma([a, x], ["upper": .boolean(true)]).value.doubles,
      [0.5270892568655381, 0.12465201948308108, 0.9988975118698845], relative: 1e-11)
  }
}
