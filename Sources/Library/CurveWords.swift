import Autograd
import Language
import Plots
import Tensors
import Vocabulary

/// The curves that a call of `plot` asks for: numbers, rows or lists of them, functions at places.
struct CurveReading {
  private let call: Call
  private let interpreter: Interpreter
  private static let most = 20

  init(_ call: Call, _ interpreter: Interpreter) {
    (self.call, self.interpreter) = (call, interpreter)
  }

  /// The curves with the names that are given for them, or those of their fields, or their numbers.
  func lines() throws -> [LinePlot.Line] {
    let x = call.isNone("more") ? nil : try StandardLibrary.numbers(call, "y")
    let argument = x == nil ? "y" : "more"
    let curves = try curves(call[argument], over: x, argument)
    let names = try given(for: curves.count)
    return curves.enumerated().map { index, curve in
      let own = curves.count == 1 ? "" : curve.name ?? "\(index)"
      return LinePlot.Line(names.isEmpty ? own : names[index], x: x, y: curve.y)
    }
  }

  /// The names of the call: none, or one for each curve.
  func given(for count: Int) throws -> [String] {
    let names = try StandardLibrary.names(call, "names", interpreter)
    guard names.isEmpty || names.count == count else {
      throw call.error(
        count == 1
          ? "one curve has one name, not \(names.count)"
          : "\(count) curves need \(count) names, not \(names.count)", at: "names")
    }
    return names
  }

  private func curves(_ value: Value, over x: [Double]?, _ argument: String) throws -> [(
    name: String?, y: [Double]
  )] {
    if let y = value.variable?.value, y.rank == 2 {
      guard y.dims[0] <= Self.most else { throw wrong(argument) }
      return try (0..<y.dims[0]).map { row in
        (nil, try numbers(.tensor(Variable(y.indexed([.index(row)]))), over: x, argument))
      }
    }
    switch value {
    case .list(let items) where !items.isEmpty && items.count <= Self.most:
      return try items.map { (nil, try numbers($0, over: x, argument)) }
    case .record(let record) where !record.fields.isEmpty && record.fields.count <= Self.most:
      return try record.fields.map { ($0.name, try numbers($0.value, over: x, argument)) }
    default: return [(nil, try numbers(value, over: x, argument))]
    }
  }

  /// A vector as long as x, or a function at each x; without x a schedule at each of its steps.
  private func numbers(_ value: Value, over x: [Double]?, _ argument: String) throws -> [Double] {
    if let y = value.variable?.value {
      guard y.rank <= 1 else { throw wrong(argument) }
      if let x, y.dims != [x.count] {
        throw TensorError.shapesDiffer(operation: "plot", left: [x.count], right: y.dims)
      }
      return y.array(of: Double.self)
    }
    switch value {
    case .function, .builtin, .object:
      if let x { return try x.map { try at(.number($0), value) } }
      guard case .object(let object) = value, let schedule = object as? ScheduleObject else {
        throw wrong(argument, hint: "plot(linspace(0, 1, 100), f)")
      }
      return try (0..<schedule.span).map { try at(.integer($0), value) }
    default: throw wrong(argument)
    }
  }

  private func at(_ x: Value, _ f: Value) throws -> Double {
    var place = x
    if case .number(let number) = x, let whole = Int(exactly: number) { place = .integer(whole) }
    guard let y = try interpreter.apply(f, [place]).asNumber else {
      throw call.error("the function should give one number for each place")
    }
    return y
  }

  private func wrong(_ argument: String, hint: String? = nil) -> LanguageError {
    call.wrong(
      argument,
      expected: argument == "y"
        ? "a vector, up to \(Self.most) rows of numbers, a schedule, or runs"
        : "as many numbers, up to \(Self.most) rows of them, or a function",
      hint: hint)
  }
}
