import Datasets
import Files
import Formats
import Notebooks
import Tensors

/// What has to hold for the bytes of every file, whatever stands in them: they are read or refused
/// with a sentence, soon, within a memory that is in proportion.
package struct FormatCheck {
  package struct Format: Sendable {
    package let name: String
    /// Files that can be read, to be changed.
    package let seeds: [[UInt8]]
    /// Reads the bytes and gives how many bytes that took as a value.
    package let read: @Sendable ([UInt8]) throws -> Int
    /// Puts right what a reader checks first, so that a change reaches what lies behind it.
    package let mend: (@Sendable ([UInt8]) -> [UInt8])?
  }

  package let formats: [Format]

  /// With the files of a folder of fixtures as seeds, beside those made here.
  package init(fixtures: String) throws {
    let names = FileBytes.names(in: fixtures).sorted()
    func files(_ ending: String) throws -> [[UInt8]] {
      try names.filter { $0.hasSuffix(ending) }.map { try FileBytes.read("\(fixtures)/\($0)") }
    }
    let table = "id,name,x\n1,\"a, b\",0.5\n2,\"say \"\"hi\"\"\",\n"
    let grid = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: Shape(checking: [2, 3]))
    let idx: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]
    let sound = WAVFile(rate: 8000, samples: grid)
    let json = #"{"a": [1, 2.5e-3, "\u00e9\n", null, true], "b": {"c": []}}"#
    let weights = try Safetensors.written(
      [("w", grid), ("n", .integer(7))], metadata: [("kind", "model")])
    let packed = try Safetensors.written([
      ("h", grid.cast(.float16)), ("b", grid.cast(.bfloat16)), ("q", grid.cast(.int8)),
    ])
    let pages = (0..<64).map { seed -> [UInt8] in
      var generator = NotebookGenerator(seed: seed)
      return generator.notebook()
    }
    formats = [
      Format(name: "notebook", seeds: pages, read: Self.notebook, mend: nil),
      Format(name: "npy", seeds: try files(".npy"), read: Self.npy, mend: nil),
      Format(name: "npz", seeds: try files(".npz"), read: Self.npz, mend: nil),
      Format(
        name: "png", seeds: try files(".png"), read: { try PNGImage($0).samples.count * 2 },
        mend: Self.withChecksums),
      Format(name: "onnx", seeds: try files(".onnx"), read: Self.onnx, mend: nil),
      Format(name: "idx", seeds: [idx], read: { try IDXFile.read($0).bytes }, mend: nil),
      Format(
        name: "idx.gz", seeds: [try Compression.deflate(idx, .gzip)],
        read: { try IDXFile.read(Compression.inflateFile($0)).bytes }, mend: nil),
      Format(name: "csv", seeds: [Array(table.utf8)], read: Self.csv, mend: nil),
      Format(name: "json", seeds: [Array(json.utf8)], read: Self.json, mend: nil),
      Format(name: "wav", seeds: [try sound.encoded()], read: Self.wav, mend: nil),
      Format(
        name: "cifar", seeds: [[3] + [UInt8](repeating: 200, count: 3072)],
        read: { try CIFARFile.read($0).x.bytes }, mend: nil),
      Format(name: "safetensors", seeds: [weights, packed], read: Self.safetensors, mend: nil),
    ]
  }

  /// What does not hold for some bytes; nil when all is well.
  package static func fault(of bytes: [UInt8], as format: Format) -> String? {
    do {
      let taken = try format.read(bytes)
      // No format packs numbers into less than a bit, behind deflate into less than a thousandth.
      return taken <= 64 << 20 + bytes.count * 2 ? nil : "\(taken) bytes came out"
    } catch is FormatError { return nil } catch is DatasetError { return nil } catch is TensorError
    {
      return nil
    } catch { return "it is refused by \(error)" }
  }

  // MARK: Readers

  /// A notebook is never refused: all of it is there again, and its ledger can be read.
  private static let notebook: @Sendable ([UInt8]) throws -> Int = { bytes in
    let notebook = Notebook(bytes)
    guard notebook.bytes() == bytes else { throw Lost.bytes }
    let ledger = Ledger(notebook.ledger ?? "")
    let points = ledger.entries.flatMap(\.series).reduce(0) { $0 + $1.steps.count * 12 }
    return notebook.segments.reduce(points) { $0 + $1.raw.count }
  }
  private enum Lost: Error { case bytes }

  private static let npy: @Sendable ([UInt8]) throws -> Int = { try NumPyFile.read($0).bytes }
  private static let npz: @Sendable ([UInt8]) throws -> Int = {
    try NumPyArchive.read($0).reduce(0) { $0 + $1.tensor.bytes }
  }
  private static let onnx: @Sendable ([UInt8]) throws -> Int = {
    try ONNXModel($0).graph.nodes.count
  }
  private static let csv: @Sendable ([UInt8]) throws -> Int = {
    let table = try CSVTable(String(decoding: $0, as: UTF8.self), file: "t.csv")
    return table.columns.indices.reduce(0) { $0 + (table.numbers($1)?.count ?? 0) * 8 }
  }
  private static let json: @Sendable ([UInt8]) throws -> Int = {
    try JSON(parsing: $0).written.utf8.count
  }
  private static let wav: @Sendable ([UInt8]) throws -> Int = { try WAVFile($0).samples.bytes }
  private static let safetensors: @Sendable ([UInt8]) throws -> Int = { bytes in
    let file = try Safetensors(bytes)
    return try file.items.reduce(0) { $0 + (try file.tensor($1.name)?.bytes ?? 0) }
  }

  /// A PNG file whose parts have the checksums that fit them.
  @Sendable private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var at = 8
    while at + 12 <= result.count {
      let length = result[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = at + 8 + length
      guard end + 4 <= result.count else { break }
      let sum = Compression.checksum(result[at + 4..<end])
      for k in 0..<4 { result[end + k] = UInt8(sum >> UInt32(24 - 8 * k) & 255) }
      at = end + 4
    }
    return result
  }
}

extension Tensor {
  fileprivate var bytes: Int { count * dtype.size }
}
