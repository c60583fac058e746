import Autograd
import Drawing
import Formats
import Language
import Tensors

/// A value as the bytes of a file; the ending of its name says which.
enum SavedFile {
  private typealias Writer = @Sendable (Call, Interpreter) throws -> [UInt8]

  private static let writers: [(ending: String, write: Writer)] = [
    (".safetensors", safetensors),
    (".npy", { call, _ in try NumPyFile.write(call.tensor("x")) }),
    (".npz", npz), (".csv", csv), (".png", png), (".wav", wav),
    (".svg", svg), (".txt", txt),
  ]

  static let endings = writers.map(\.ending)

  static func bytes(_ call: Call, _ interpreter: Interpreter) throws -> [UInt8] {
    let path = try call.text("path")
    guard let writer = writers.first(where: { path.hasSuffix($0.ending) }) else {
      let name = path.split(separator: "/").last ?? ""
      let ending = name.lastIndex(of: ".").map { name[$0...].count } ?? 0
      throw call.error(
        "a file that is written ends in \(endings.joined(separator: ", "))", at: "path",
        hint: "\"\(path.dropLast(ending)).safetensors\" for a model")
    }
    return try writer.write(call, interpreter)
  }

  private static let safetensors: Writer = { call, interpreter in
    if case .object(let object) = call["x"], let run = object as? Run {
      return try ModelFiles.bytes(
        of: run.job.checkpoint { interpreter.context.interruption.isRequested })
    }
    let model = interpreter.asModel(call["x"])
    guard try !LearnedState.of(model, "").isEmpty else {
      throw call.wrong("x", expected: "a model, a record of tensors, or a run")
    }
    return try ModelFiles.bytes(of: model)
  }

  /// A plot as wide as a page.
  private static let svg: Writer = { call, interpreter in
    guard case .object(let object) = call["x"], let plot = object as? PlotObject else {
      throw call.wrong("x", expected: "a plot")
    }
    for run in plot.runs { try run.wait(interpreter) }
    let picture = plot.picture
    let grid = picture.draw(width: 100, height: nil, depth: .palette)
    return Array(grid.svg(title: picture.description).utf8)
  }

  private static let txt: Writer = { call, _ in
    if case .object(let object) = call["x"], let plot = object as? PlotObject {
      return Array((plot.text(width: 80) + "\n").utf8)
    }
    return Array(try call.text("x").utf8)
  }

  private static let npz: Writer = { call, _ in
    guard case .record(let record) = call["x"] else {
      throw call.wrong("x", expected: "a record of tensors", hint: "(x=…, y=…)")
    }
    return try NumPyArchive.write(
      zip(record.names, record.fields).map { name, field in
        guard let x = field.value.variable else {
          throw call.error("`\(name)` is \(field.value.withArticle), no tensor", at: "x")
        }
        return (name, x.value)
      })
  }

  /// Columns by name, or the rows of a matrix without names.
  private static let csv: Writer = { call, _ in
    var names: [String] = []
    var columns: [[String]] = []
    if case .record(let record) = call["x"] {
      for (name, field) in zip(record.names, record.fields) {
        names.append(quoted(name))
        columns.append(try column(field.value, name, call))
      }
    } else {
      let x = try call.tensor("x")
      guard x.rank == 2 else {
        throw call.error("a table is a record of columns or a matrix, not \(x.dims)", at: "x")
      }
      let transposed = try x.transposed([1, 0])
      columns = try (0..<x.dims[1]).map { try texts(transposed.taking([$0]).reshaped([-1])) }
    }
    guard let rows = columns.first?.count, columns.allSatisfy({ $0.count == rows }) else {
      throw call.error(
        "the columns of a table are of one length, these are "
          + columns.map { "\($0.count)" }.joined(separator: ", "), at: "x")
    }
    var text = names.isEmpty ? "" : names.joined(separator: ",") + "\n"
    for row in 0..<rows {
      for (index, column) in columns.enumerated() {
        if index > 0 { text += "," }
        text += column[row]
      }
      text += "\n"
    }
    return Array(text.utf8)
  }

  private static func column(_ value: Value, _ name: String, _ call: Call) throws -> [String] {
    if case .list(let items) = value {
      return items.map { item in
        if case .none = item { return "" }
        return quoted(item.text())
      }
    }
    guard let x = value.variable?.value, x.rank == 1 else {
      throw call.error("the column `\(name)` is \(value.withArticle), no list or vector", at: "x")
    }
    return try texts(x)
  }

  /// Numbers with all their digits; what is missing stays empty.
  private static func texts(_ x: Tensor) throws -> [String] {
    try MemoryBudget.check(x.count.multipliedReportingOverflow(by: 32).partialValue)
    switch x.dtype {
    case .float16, .bfloat16, .float32:
      return x.array(of: Float.self).map { $0.isNaN ? "" : "\($0)" }
    case .float64: return x.array(of: Double.self).map { $0.isNaN ? "" : "\($0)" }
    case .bool, .int8, .int64: return x.array(of: Int64.self).map { "\($0)" }
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [34, 44, 10, 13].contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// [height, width] or [1 to 4 channels, height, width], from 0 to 255 as `load` gives them.
  private static let png: Writer = { call, interpreter in
    if case .object(let object) = call["x"], let plot = object as? PlotObject {
      for run in plot.runs { try run.wait(interpreter) }
      let grid = plot.picture.draw(width: 100, height: nil, depth: .palette)
      let (width, height, rgb) = grid.pixels()
      return try PNGImage(
        width: width, height: height, channels: 3, samples: rgb.map { UInt16($0) }
      ).encoded()
    }
    var x = try call.tensor("x")
    if x.rank == 2 { x = try x.reshaped([1] + x.dims) }
    guard x.rank == 3, (1...4).contains(x.dims[0]), x.count > 0 else {
      throw call.error(
        "a picture is [height, width] or [channels, height, width], this is \(x.dims)", at: "x")
    }
    let values = try x.transposed([1, 2, 0]).array(of: Float.self)
    guard values.allSatisfy({ $0 >= 0 && $0 <= 255 }) else {
      throw call.error(
        "the numbers of a picture lie between 0 and 255", at: "x", hint: "normalize(x, 0, 255)")
    }
    if values.contains(where: { $0 > 0 && $0 < 1 }), values.allSatisfy({ $0 <= 1 }) {
      interpreter.note("a picture's numbers run from 0 to 255; these all lie between 0 and 1")
    }
    return try PNGImage(
      width: x.dims[2], height: x.dims[1], channels: x.dims[0],
      samples: values.map { UInt16($0.rounded()) }
    ).encoded()
  }

  private static let wav: Writer = { call, _ in
    guard case .record(let sound) = call["x"], let samples = sound["samples"]?.variable?.value,
      let rate = sound["rate"]?.asInteger
    else { throw call.wrong("x", expected: "a sound", hint: "(samples=x, rate=16000)") }
    return try WAVFile(rate: rate, samples: samples).encoded()
  }
}
