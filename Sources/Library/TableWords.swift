import Autograd
import Language
import Plots
import Tensors
import Vocabulary

extension StandardLibrary {
  /// Values under one name: numbers, whole numbers, or texts when any of them is neither.
  private static func column(_ name: String, _ cells: [Value]) -> TextTable.Column {
    let integers = cells.compactMap { value -> Int? in
      if case .integer(let n) = value { n } else { nil }
    }
    if integers.count == cells.count { return .init(name, integers: integers) }
    let numbers = cells.compactMap(\.asNumber)
    if numbers.count == cells.count { return .init(name, numbers: numbers) }
    return .init(name, texts: cells.map(cellText))
  }

  private static func cellText(_ value: Value) -> String {
    switch value {
    case .none: ""
    case .text(let text): text
    default: value.inline
    }
  }

  /// The columns of a tensor: itself, or those of a matrix [n, k].
  private static func columns(_ name: String, _ x: Tensor, _ call: Call) throws
    -> [TextTable.Column]
  {
    guard x.rank == 1 || (x.rank == 2 && x.dims[1] <= 1000) else {
      throw call.error(
        "`\(name)` is \(x.dims), a column is a vector and a matrix at most 1000 columns", at: "rows"
      )
    }
    let width = x.rank == 1 ? 1 : x.dims[1]
    return try (0..<width).map { at in
      let label = x.rank == 1 ? name : name.isEmpty ? "\(at)" : "\(name)[\(at)]"
      let cells = x.rank == 1 ? x : try x.indexed([.ellipsis, .index(at)])
      switch cells.dtype {
      case .int8, .int64:
        return .init(label, integers: cells.array(of: Int64.self).map { Int($0) })
      case .bool:
        return .init(
          label, texts: cells.array(of: Double.self).map { $0 != 0 ? "true" : "false" })
      case .float16, .bfloat16, .float32, .float64:
        return .init(label, numbers: cells.array(of: Double.self))
      }
    }
  }

  /// A record of those fields that are as long as the first, as it is typed.
  private static func equallyLong(_ record: Record, _ call: Call, _ interpreter: Interpreter)
    -> String
  {
    let count = record.fields.first?.value.rowCount
    let names = zip(record.names, record.fields).filter { $1.value.rowCount == count }.map(\.0)
    guard let rows = interpreter.written(call.span(of: "rows")), rows.utf8.count < 24,
      names.count == Set(names).count
    else { return "a record of those fields that are equally long" }
    return "(" + names.map { "\($0)=\(rows).\($0)" }.joined(separator: ", ") + ")"
  }

  /// A record of columns of one length.
  private static func table(of record: Record, _ call: Call, _ interpreter: Interpreter) throws
    -> [TextTable.Column]
  {
    var columns: [TextTable.Column] = []
    var first: (name: String, count: Int)?
    for (name, field) in zip(record.names, record.fields) {
      guard let count = field.value.rowCount else {
        throw call.error(
          "`\(name)` should be a column, it is \(field.value.withArticle)", at: "rows",
          hint: "[\(field.value.inline)]")
      }
      if let first, first.count != count {
        throw call.error(
          "columns should be equally long: `\(first.name)` has length \(first.count), `\(name)` \(count)",
          at: "rows", hint: equallyLong(record, call, interpreter))
      }
      first = first ?? (name, count)
      if let x = field.value.variable {
        columns += try StandardLibrary.columns(name, x.value, call)
      } else {
        columns.append(column(name, try interpreter.elements(of: field.value) ?? []))
      }
    }
    return columns
  }

  /// A list of records, one for each row; a field that a row lacks stays blank.
  private static func table(of rows: [Value], _ call: Call) throws -> [TextTable.Column] {
    var records: [Record] = []
    for (index, row) in rows.enumerated() {
      guard case .record(let record) = row else {
        throw call.error("row \(index) should be a record, it is \(row.withArticle)", at: "rows")
      }
      records.append(record)
    }
    guard Set(records.flatMap(\.names)).count <= 1000 else {
      throw call.error("a table has at most 1000 columns", at: "rows")
    }
    return columns(records)
  }

  /// Columns in the order in which their names first come.
  static func columns(_ rows: [Record]) -> [TextTable.Column] {
    var names: [String] = []
    var cells: [String: [Value]] = [:]
    for (index, record) in rows.enumerated() {
      for (name, field) in zip(record.names, record.fields) {
        if cells[name] == nil { names.append(name) }
        let blanks = index - (cells[name]?.count ?? 0)
        cells[name, default: []] += Array(repeating: .none, count: max(0, blanks)) + [field.value]
      }
    }
    return names.map { name in
      let known = cells[name] ?? []
      return column(name, known + Array(repeating: .none, count: rows.count - known.count))
    }
  }

  /// The grey images [H, W] of a batch.
  private static func grey(_ call: Call, _ interpreter: Interpreter) throws -> [[[Double]]] {
    var images: [Tensor] = []
    if case .list(let items) = call["batch"] {
      images = try items.map { item in
        guard let x = item.variable else {
          throw call.wrong("batch", expected: "images [N, H, W] or a list of images [H, W]")
        }
        return x.value
      }
    } else {
      let x = try call.tensor("batch")
      guard x.rank == 2 || x.rank == 3 || (x.rank == 4 && x.dims[1] == 1) else {
        throw call.wrong("batch", expected: "grey images [N, H, W] or [N, 1, H, W]")
      }
      guard x.rank == 2 || x.dims[0] <= 1000 else {
        throw call.error(
          "at most 1000 images can be drawn, here are \(x.dims[0])", at: "batch", hint: "x[:64]")
      }
      images = x.rank == 2 ? [x] : try (0..<x.dims[0]).map { try x.indexed([.index($0)]) }
    }
    return try images.map { image in
      let image = image.rank == 3 && image.dims[0] == 1 ? try image.indexed([.index(0)]) : image
      guard image.rank == 2, image.dims[0] <= 2000, image.dims[1] <= 2000 else {
        throw call.error(
          "an image is [H, W] of at most 2000 x 2000, this is \(image.dims)", at: "batch")
      }
      let all = image.array(of: Double.self)
      let width = image.dims[1]
      return (0..<image.dims[0]).map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
    }
  }

  static let tableWords: [Builtin] = [
    Builtin(
      plotEntry(
        "table",
        [
          Argument("rows", .any, "A record of columns, a list of records, or a matrix."),
          titleArgument,
        ], "Columns of numbers and texts under their names.",
        "table((name=[\"ada\", \"bob\"], age=[36, 41]))")
    ) { call, interpreter in
      let columns: [TextTable.Column]
      switch call["rows"] {
      case .record(let record): columns = try table(of: record, call, interpreter)
      case .list(let rows): columns = try table(of: rows, call)
      case .tensor(let x), .parameter(let x):
        columns = try StandardLibrary.columns("", x.value, call)
      default:
        throw call.wrong("rows", expected: "a record of columns, a list of records or a matrix")
      }
      let picture = TextTable(columns, title: try call.text("title"))
      return .object(PlotObject { picture })
    },
    Builtin(
      plotEntry(
        "images",
        [
          Argument("batch", .any, "Grey images [N, H, W] or [N, 1, H, W], or a list of them."),
          Argument("labels", .any, "A caption for each image.", default: "none"),
          Argument(
            "columns", .any, "How many side by side; none for all that fit.", default: "none"),
        ], "Grey images side by side, with captions.", "images(ones(3, 4, 4), labels=[7, 1, 2])")
    ) { call, interpreter in
      let images = try grey(call, interpreter)
      let captions = try names(call, "labels", interpreter)
      guard captions.isEmpty || captions.count == images.count else {
        throw call.error(
          "\(images.count) images need \(images.count) labels, not \(captions.count)", at: "labels")
      }
      let columns = call.isNone("columns") ? nil : try call.integer("columns")
      guard (1...1000).contains(columns ?? 1) else {
        throw call.error("columns should be from 1 to 1000", at: "columns")
      }
      return .object(PlotObject { ImageGrid(images, captions: captions, columns: columns) })
    },
  ]
}
