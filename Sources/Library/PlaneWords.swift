import Autograd
import Language
import Plots
import Tensors
import Vocabulary

/// Pictures over the same axes; nil when one has none to share.
private func overlaid(_ pictures: [any Picture]) -> (any Picture)? {
  let curves = pictures.compactMap { $0 as? LinePlot }
  if curves.count == pictures.count,
    curves.contains(where: { $0.isLogarithmic || $0.isLogarithmicAcross })
  {
    return LinePlot(together: curves)
  }
  return PlanePlot(overlaying: pictures)
}

/// Words for pictures that share axes, and for pictures beside and below each other.
extension StandardLibrary {
  /// The plots among the arguments, in order, with all runs that they show.
  private static func plots(_ call: Call, _ interpreter: Interpreter) throws -> [PlotObject] {
    var values = try call.elements("plots", interpreter)
    if values.count == 1, case .list(let items) = values[0] { values = items }
    return try values.map { value in
      guard case .object(let object) = value, let plot = object as? PlotObject else {
        throw call.wrong("plots", expected: "plots", hint: "plot(…), heatmap(…), image(…)")
      }
      return plot
    }
  }

  private static func composition(
    _ name: String, _ summary: String, _ example: String,
    _ make: @escaping @Sendable ([any Picture]) -> any Picture
  ) -> Builtin {
    Builtin(
      plotEntry(
        name, [Argument("plots", .any, "Plots, one by one or as a list.", variadic: true)],
        summary, example)
    ) { call, interpreter in
      let plots = try plots(call, interpreter)
      return .object(PlotObject(together: plots) { make($0) })
    }
  }

  /// The largest raster that a function is asked for.
  private static let limit = 400

  /// The values along an axis: given ones, or an even raster over a pair of ends.
  private static func raster(_ call: Call, _ name: String, _ interpreter: Interpreter) throws
    -> [Double]
  {
    let values = try call.elements(name, interpreter).map { value in
      guard let x = value.asNumber, x.isFinite else {
        throw call.wrong(name, expected: "two ends, or the values of the raster")
      }
      return x
    }
    guard values.count >= 2, values.count <= limit, let low = values.min(), let high = values.max(),
      low < high
    else {
      throw call.error(
        "\(name) should be two ends, or up to \(limit) values", at: name, hint: "(-2, 2)")
    }
    return (0..<max(61, values.count)).map {
      low + (high - low) * Double($0) / Double(max(61, values.count) - 1)
    }
  }

  /// f at every point of a raster, asked once with two matrices; row by row, the lowest y first.
  private static func field(
    _ f: Value, _ xs: [Double], _ ys: [Double], _ call: Call, _ interpreter: Interpreter
  ) throws -> [[Double]] {
    let shape = [ys.count, xs.count]
    let x = try Tensor(ys.flatMap { _ in xs.map { Float($0) } }).reshaped(shape)
    let y = try Tensor(ys.flatMap { y in xs.map { _ in Float(y) } }).reshaped(shape)
    let result = try interpreter.apply(f, [.tensor(Variable(x)), .tensor(Variable(y))])
    guard let z = result.variable?.value, z.count == 1 || z.dims == shape else {
      throw call.error(
        "f is given matrices of x and y and should return one of \(shape), it gave "
          + "\(result.brief)", at: "f", hint: "(x, y) => x^2 + y^2")
    }
    let all = z.array(of: Double.self)
    return ys.indices.map { r in
      xs.indices.map { c in all.count == 1 ? all[0] : all[r * xs.count + c] }
    }
  }

  static let planeWords: [Builtin] = [
    composition(
      "row", "Plots beside each other, as many as fit.", "row(plot([1, 2]), plot([2, 1]))"
    ) { PictureRow($0) },
    composition("column", "Plots below each other.", "column(plot([1, 2]), plot([2, 1]))") {
      PictureColumn($0)
    },
    Builtin(
      plotEntry(
        "overlay",
        [
          Argument(
            "plots", .any, "Curves, points, contours and boundaries, the last one on top.",
            variadic: true)
        ],
        "Plots over the same axes.",
        "overlay(contour((x, y) => x^2 + y^2, (-1, 1), (-1, 1)), scatter([[0, 0], [1, 1]]))")
    ) { call, interpreter in
      let plots = try plots(call, interpreter)
      guard let shared = overlaid(plots.map(\.picture)) else {
        throw call.error(
          "curves, points, contours and boundaries share axes; logarithmic ones curves and points",
          at: "plots", hint: "row(…), to put them beside each other")
      }
      return .object(PlotObject(together: plots) { overlaid($0) ?? shared })
    },
    Builtin(
      plotEntry(
        "contour",
        [
          Argument("f", .function, "Of two matrices x and y, element by element."),
          Argument("x", .any, "The two ends of the horizontal axis."),
          Argument("y", .any, "The two ends of the vertical axis."),
          Argument(
            "levels", .any, "Heights to draw lines at; none for round ones.", default: "none"),
          titleArgument,
        ], "Lines of equal height of a function of the plane.",
        "contour((x, y) => x^2 + 3 * y^2, (-2, 2), (-1, 1))")
    ) { call, interpreter in
      let (xs, ys) = (try raster(call, "x", interpreter), try raster(call, "y", interpreter))
      let rows = try field(call["f"], xs, ys, call, interpreter)
      let field = Field(
        x: (xs[0], xs[xs.count - 1]), y: (ys[0], ys[ys.count - 1]), rows: rows)
      let levels =
        call.isNone("levels") ? PlanePlot.levels(of: field) : try numbers(call, "levels")
      guard levels.count <= 50 else {
        throw call.error("at most 50 levels can be drawn", at: "levels")
      }
      let title = try call.text("title")
      return .object(
        PlotObject { PlanePlot([.init(.contours(field, levels: levels))], title: title) })
    },
    Builtin(
      plotEntry(
        "boundary",
        [
          Argument(
            "m", .model, "A classifier of points [n, 2]: a score for each class, or one logit."),
          Argument("d", .record, "Data with x [n, 2] and y [n]."),
          Argument("names", .any, "Names of the classes 0, 1, ….", default: "none"),
          titleArgument,
        ], "The regions in which a classifier decides for each class, and the data.",
        "boundary(Linear(2, 2), (x=[[0, 0], [1, 1]], y=[0, 1]))")
    ) { call, interpreter in
      guard case .record(let data) = call["d"], let x = data["x"]?.variable?.value,
        let y = data["y"]?.variable?.value, x.rank == 2, x.dims[1] == 2, y.count == x.dims[0],
        x.count > 0
      else { throw call.wrong("d", expected: "data with x [n, 2] and y [n]") }
      let points = x.array(of: Double.self)
      let labels = y.array(of: Double.self)
      guard labels.allSatisfy({ $0 >= 0 && $0 < 30 && $0 == $0.rounded() }) else {
        throw call.error("the labels should be whole numbers from 0 to 29", at: "d")
      }
      func ends(_ offset: Int) throws -> (low: Double, high: Double) {
        let values = stride(from: offset, to: points.count, by: 2).map { points[$0] }.filter(
          \.isFinite)
        guard let low = values.min(), let high = values.max() else {
          throw call.error("no point of x is finite", at: "d")
        }
        let room = max((high - low) * 0.05, abs(high) * 1e-6, 1e-6)
        return (low - room, high + room)
      }
      let (across, up) = (try ends(0), try ends(1))
      let (columns, rows) = (120, 80)
      var raster: [Float] = []
      for r in 0..<rows {
        for c in 0..<columns {
          raster.append(
            Float(across.low + (across.high - across.low) * Double(c) / Double(columns - 1)))
          raster.append(Float(up.low + (up.high - up.low) * Double(r) / Double(rows - 1)))
        }
      }
      let input = try Tensor(raster).reshaped([rows * columns, 2])
      let result = try interpreter.apply(call["m"], [.tensor(Variable(input))])
      guard let scores = result.variable?.value, scores.rank <= 2,
        scores.dims.first == rows * columns
      else {
        throw call.error(
          "the model should give scores for each of \(rows * columns) points, it gave "
            + "\(result.brief)", at: "m")
      }
      let all = scores.array(of: Double.self)
      let kinds = scores.rank == 2 ? scores.dims[1] : 1
      let decisions = (0..<(rows * columns)).map { i -> Double in
        let own = all[(i * kinds)..<((i + 1) * kinds)]
        if kinds == 1 { return own[own.startIndex] > 0 ? 1 : 0 }
        let best = own.indices.max { own[$0] < own[$1] } ?? own.startIndex
        return Double(best - own.startIndex)
      }
      let count = max(Int(labels.max() ?? 0) + 1, kinds == 1 ? 2 : kinds)
      let given = try names(call, "names", interpreter)
      let classes = (0..<count).map { given.indices.contains($0) ? given[$0] : "\($0)" }
      let field = Field(
        x: across, y: up,
        rows: (0..<rows).map { Array(decisions[($0 * columns)..<(($0 + 1) * columns)]) },
        classes: classes)
      let scatter = ScatterPlot(
        x: stride(from: 0, to: points.count, by: 2).map { points[$0] },
        y: stride(from: 1, to: points.count, by: 2).map { points[$0] },
        classes: labels.map { Int($0) }, names: classes)
      let title = try call.text("title")
      return .object(
        PlotObject {
          PlanePlot([.init(.ground(field)), .init(.points(scatter))], title: title)
        })
    },
  ]
}
