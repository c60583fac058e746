import Tensors

/// The binary format of CIFAR-10: records of a label byte and 3,072 pixel bytes in planes R G B.
package enum CIFARFile {
  private static let pixels = 3 * 32 * 32

  /// Pixels from 0 to 255 as f32 [N, 3, 32, 32], labels as i64 [N].
  package static func read(_ bytes: [UInt8]) throws -> (x: Tensor, y: Tensor) {
    let record = pixels + 1
    guard !bytes.isEmpty, bytes.count % record == 0 else {
      throw FormatError.malformed(
        format: "CIFAR-10", reason: "\(bytes.count) bytes are no whole number of \(record)")
    }
    let count = bytes.count / record
    try MemoryBudget.check(count * (pixels * 4 + 8))
    var labels: [Int64] = []
    var values: [Float] = []
    labels.reserveCapacity(count)
    values.reserveCapacity(count * pixels)
    for start in stride(from: 0, to: bytes.count, by: record) {
      guard bytes[start] < 10 else {
        throw FormatError.malformed(
          format: "CIFAR-10", reason: "label \(bytes[start]) of 10 classes", at: start)
      }
      labels.append(Int64(bytes[start]))
      for byte in bytes[start + 1..<start + record] { values.append(Float(byte)) }
    }
    return (
      try Tensor(values, shape: Shape(checking: [count, 3, 32, 32])), try Tensor(labels)
    )
  }
}
