import Autograd
import Datasets
import Files
import Formats
import Language
import Tensors

extension FormatError: Diagnosable {
  package var code: String { "format" }
}

/// What a file holds, as a value; its ending says how it is read.
enum LoadedFile {
  static let endings = [
    ".csv", ".npy", ".npz", ".png", ".onnx", "-ubyte", ".idx", ".safetensors",
  ]

  /// Reads a file; one that ends in .gz is unpacked first.
  static func value(_ path: String, at full: String) throws -> Value {
    let isPacked = path.hasSuffix(".gz")
    let name = isPacked ? String(path.dropLast(3)) : path
    guard let ending = endings.first(where: { name.hasSuffix($0) }) else {
      throw DatasetError.unreadable(
        file: path, ending: name.split(separator: ".").last.map(String.init) ?? "")
    }
    var bytes = try FileBytes.read(full)
    if isPacked { bytes = try Compression.inflate(bytes[...], .gzip) }
    switch ending {
    case ".csv":
      return try columns(of: CSVTable(String(decoding: bytes, as: UTF8.self), file: path))
    case ".npy": return .tensor(Variable(try NumPyFile.read(bytes)))
    case ".npz":
      return .record(
        Record(
          try NumPyArchive.read(bytes).map { ($0.name, .tensor(Variable($0.tensor))) }))
    case ".safetensors": return try ModelFiles.value(of: Safetensors(bytes))
    case ".onnx": return .object(GraphObject(try ONNXModel(bytes)))
    case ".png": return .tensor(Variable(try PNGImage(bytes).tensor()))
    default: return .tensor(Variable(try IDXFile.read(bytes)))
    }
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
}
