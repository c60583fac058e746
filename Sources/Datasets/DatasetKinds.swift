import Files
import Glibc
import Tensors
import Vocabulary

/// Examples with labels: fields that share their first axis, and the names of the classes.
package struct Dataset: Sendable {
  package let x: Tensor
  package let y: Tensor
  package let classes: [String]
  package let features: [String]
}

/// The data sets that can be asked for by name.
package struct DatasetKind: Sendable {
  package let entry: Entry
  package let make: @Sendable (_ n: Int, inout RandomStream) throws -> Dataset
  /// Whether `n` decides how many examples there are.
  package let isGenerated: Bool
}

package enum DatasetKinds {
  package static let all = [iris, wine, breastCancer, diabetes, digits, moons, spirals, blobs, xor]
  package static let catalog = Catalog(all, entry: \.entry)

  private static func entry(_ name: String, _ summary: String) -> Entry {
    Entry(
      name, family: "Data", summary: summary, examples: [Example("dataset(\"\(name)\").x.shape")])
  }

  private static func table(
    _ name: String, _ summary: String, classes: [String], image: [Int]? = nil, scale: Double = 1
  ) -> DatasetKind {
    DatasetKind(
      entry: entry(name, summary),
      make: { _, _ in
        let path = try DatasetFolder.find(for: name) + "/\(name)/\(name).csv"
        let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
        let table = try CSVTable(text, file: path)
        let last = table.columns.count - 1
        let columns = (0..<last).map { table.numbers($0) ?? [] }
        var values: [Float] = []
        values.reserveCapacity(table.rows.count * last)
        for row in table.rows.indices {
          for column in 0..<last { values.append(Float(columns[column][row] / scale)) }
        }
        let target = table.numbers(last) ?? []
        let shape = try Shape(checking: [table.rows.count] + (image ?? [last]))
        return Dataset(
          x: try Tensor(values, shape: shape),
          y: classes.isEmpty
            ? try Tensor(target.map { Float($0) }) : try Tensor(target.map { Int64($0) }),
          classes: classes, features: image == nil ? Array(table.columns.dropLast()) : [])
      }, isGenerated: false)
  }

  static let iris = table(
    "iris", "150 flowers of 3 species by 4 measurements.",
    classes: ["setosa", "versicolor", "virginica"])
  static let wine = table(
    "wine", "178 wines of 3 cultivars by 13 measurements.", classes: ["0", "1", "2"])
  static let breastCancer = table(
    "breast_cancer", "569 tumours by 30 measurements, malignant or benign.",
    classes: ["malignant", "benign"])
  static let diabetes = table(
    "diabetes", "442 patients by 10 measurements, and how the disease went on.", classes: [])
  static let digits = table(
    "digits", "1,797 handwritten digits of 8 x 8 pixels from 0 to 1.",
    classes: (0..<10).map { "\($0)" }, image: [1, 8, 8], scale: 16)

  private static func generator(
    _ name: String, _ summary: String, classes: Int,
    _ point: @escaping @Sendable (_ i: Int, _ n: Int, inout RandomStream) -> (Double, Double, Int)
  ) -> DatasetKind {
    DatasetKind(
      entry: entry(name, summary),
      make: { n, stream in
        var noise = stream.split()
        var x: [Float] = []
        var y: [Int64] = []
        _ = try Shape(checking: [n, 2])
        try MemoryBudget.check(n.multipliedReportingOverflow(by: 32).partialValue)
        for i in 0..<n {
          let (a, b, label) = point(i, n, &noise)
          x += [Float(a), Float(b)]
          y.append(Int64(label))
        }
        return Dataset(
          x: try Tensor(x, shape: Shape(checking: [n, 2])), y: try Tensor(y),
          classes: (0..<classes).map { "\($0)" }, features: ["x0", "x1"])
      }, isGenerated: true)
  }

  /// A normal number from the stream, by the kernel that `randn` uses.
  private static func normal(_ stream: inout RandomStream) -> Double {
    (try? stream.normal(.number).item) ?? 0
  }
  private static func sine(_ x: Double, _ operation: UnaryOperation) -> Double {
    (try? Tensor.number(x).unary(operation).item) ?? 0
  }

  static let moons = generator("moons", "Two half circles that reach into each other.", classes: 2)
  {
    i, n, stream in
    let label = i % 2
    let angle = Double(i / 2) / Double(max(1, (n + 1) / 2 - 1)) * Double.pi
    let (c, s) = (sine(angle, .cos), sine(angle, .sin))
    let (a, b) = label == 0 ? (c, s) : (1 - c, 0.5 - s)
    return (a + 0.1 * normal(&stream), b + 0.1 * normal(&stream), label)
  }

  static let spirals = generator("spirals", "Two arms that wind round each other.", classes: 2) {
    i, n, stream in
    let label = i % 2
    let part = Double(i / 2 + 1) / Double(max(1, (n + 1) / 2))
    let angle = 3.5 * Double.pi * part + Double(label) * Double.pi
    return (
      part * sine(angle, .cos) + 0.02 * normal(&stream),
      part * sine(angle, .sin) + 0.02 * normal(&stream), label
    )
  }

  static let blobs = generator("blobs", "Three clouds of points.", classes: 3) { i, _, stream in
    let label = i % 3
    let angle = Double(label) * 2 * Double.pi / 3
    return (
      2 * sine(angle, .cos) + 0.6 * normal(&stream), 2 * sine(angle, .sin) + 0.6 * normal(&stream),
      label
    )
  }

  static let xor = generator("xor", "Four corners, opposite ones alike.", classes: 2) {
    i, _, stream in
    let (a, b) = (i % 2, i / 2 % 2)
    return (
      Double(a) + 0.1 * normal(&stream), Double(b) + 0.1 * normal(&stream), a ^ b
    )
  }
}

/// Where the shipped data lies.
package enum DatasetFolder {
  /// GRADUS_DATASETS, else `datasets` in this folder or one above it, else above the program.
  package static func find(for name: String = "digits") throws -> String {
    let found = ShippedFolder.find(
      "datasets", variable: "GRADUS_DATASETS", mark: "digits/digits.csv")
    guard let found else { throw DatasetError.notFound(name: name) }
    return found
  }
}
