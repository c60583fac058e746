import Autograd
import Datasets
import Files
import Formats
import Language
import Tensors

extension FormatError: Diagnosable {
  package var code: String { "file" }
}

/// What a file holds, as a value; its ending says how it is read.
enum LoadedFile {
  /// How tables are read.
  struct Reading {
    /// Whether the first line names the columns; nil to find out.
    var header: Bool?
  }

  private typealias Reader = @Sendable (_ bytes: [UInt8], _ path: String, Reading) throws -> Value

  private static let readers: [(ending: String, read: Reader)] = [
    (
      ".csv",
      { bytes, path, reading in
        try columns(of: CSVTable(text(bytes, path), file: path, header: reading.header))
      }
    ),
    (
      ".tsv",
      { bytes, path, reading in
        try columns(
          of: CSVTable(
            text(bytes, path), file: path, separator: UInt8(ascii: "\t"), header: reading.header))
      }
    ),
    (".txt", { bytes, path, _ in .text(try text(bytes, path)) }),
    (".json", { bytes, _, _ in try value(of: JSON(parsing: bytes)) }),
    (".npy", { bytes, _, _ in .tensor(Variable(try NumPyFile.read(bytes))) }),
    (
      ".npz",
      { bytes, _, _ in
        .record(
          Record(
            try NumPyArchive.read(bytes).map { ($0.name, .tensor(Variable($0.tensor))) }))
      }
    ),
    (".png", { bytes, _, _ in .tensor(Variable(try PNGImage(bytes).tensor())) }),
    (
      ".wav",
      { bytes, _, _ in
        let sound = try WAVFile(bytes)
        return .record(
          Record([
            ("samples", .tensor(Variable(sound.samples))), ("rate", .integer(sound.rate)),
          ]))
      }
    ),
    (
      ".bin",
      { bytes, _, _ in
        let (x, y) = try CIFARFile.read(bytes)
        return .record(Record([("x", .tensor(Variable(x))), ("y", .tensor(Variable(y)))]))
      }
    ),
    (".onnx", { bytes, _, _ in .object(GraphObject(try ONNXModel(bytes))) }),
    (".safetensors", { bytes, _, _ in try ModelFiles.value(of: Safetensors(bytes)) }),
    ("-ubyte", { bytes, _, _ in .tensor(Variable(try IDXFile.read(bytes))) }),
    (".idx", { bytes, _, _ in .tensor(Variable(try IDXFile.read(bytes))) }),
  ]

  /// Reads a file; one that ends in .gz is unpacked first.
  static func value(_ path: String, at full: BeneathPath, _ reading: Reading = Reading()) throws
    -> Value
  {
    let isPacked = path.hasSuffix(".gz")
    let name = isPacked ? String(path.dropLast(3)) : path
    guard let reader = readers.first(where: { name.hasSuffix($0.ending) }) else {
      throw DatasetError.unreadable(
        file: path, ending: name.split(separator: ".").last.map(String.init) ?? "")
    }
    var bytes = try full.read()
    if isPacked { bytes = try Compression.inflateFile(bytes) }
    return try reader.read(bytes, path, reading)
  }

  private static func text(_ bytes: [UInt8], _ path: String) throws -> String {
    // A table's texts take several times their bytes.
    try MemoryBudget.check(bytes.count.multipliedReportingOverflow(by: 2).partialValue)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError.malformed(format: "text", reason: "it is not UTF-8")
    }
    return text
  }

  /// Tensors of numbers and lists of texts by the names of the columns.
  private static func columns(of table: CSVTable) throws -> Value {
    .record(
      Record(
        try table.columns.indices.map { column in
          guard let numbers = table.numbers(column) else {
            return (table.columns[column], .list(table.rows.map { .text($0[column]) }))
          }
          let isWhole = numbers.allSatisfy { $0 == $0.rounded() && abs($0) < 1e15 }
          let tensor =
            isWhole
            ? try Tensor(numbers.map { Int64($0) }) : try Tensor(numbers.map { Float($0) })
          return (table.columns[column], .tensor(Variable(tensor)))
        }))
  }

  private static func value(of json: JSON) throws -> Value {
    switch json {
    case .null: return .none
    case .boolean(let flag): return .boolean(flag)
    case .integer(let n): return .integer(n)
    case .number(let x): return .number(x)
    case .text(let text): return .text(text)
    case .object(let fields):
      return .record(Record(try fields.map { ($0.name, try value(of: $0.value)) }))
    case .list(let items):
      // As brackets in a program: numbers of one shape make a tensor.
      if let whole = items.map(\.integer) as? [Int], !whole.isEmpty {
        return .tensor(Variable(try Tensor(whole.map { Int64($0) })))
      }
      if let numbers = items.map(\.number) as? [Double], !numbers.isEmpty {
        return .tensor(Variable(try Tensor(numbers.map { Float($0) })))
      }
      let values = try items.map { try value(of: $0) }
      let rows = values.compactMap(\.variable)
      if rows.count == values.count, let first = rows.first,
        rows.allSatisfy({ $0.dims == first.dims && $0.dtype == first.dtype }), first.rank > 0
      {
        return .tensor(try Variable.stack(rows, axis: 0))
      }
      return .list(values)
    }
  }
}
