import Datasets
import Files
import Glibc
import Language
import Vocabulary

/// A data set that is made of files, most of which do not come with Gradus: what it is, where it is to
/// be had, and the program that makes a record of its files.
struct LargerData: Sendable {
  struct File: Sendable {
    /// Beneath a data folder; may be packed as .gz too.
    let name: String
    /// How many bytes it holds, unpacked, where all copies are the same.
    let bytes: Int?
  }

  let entry: Entry
  let files: [File]
  /// Where the public original lives.
  let origin: String
  /// Makes the data; `$0`, `$1`, … are the files.
  let program: String

  init(
    _ name: String, _ summary: String, origin: String, _ files: [(String, Int?)],
    _ program: String
  ) {
    entry = Entry(name, family: "Data", summary: summary, examples: [])
    self.origin = origin
    self.files = files.map { File(name: $0.0, bytes: $0.1) }
    self.program = program
  }

  static let catalog = Catalog(shipped + all, entry: \.entry)

  static let all = [
    LargerData(
      "mnist", "70,000 handwritten digits of 28 x 28 pixels from 0 to 1; 10,000 are the test.",
      origin: "yann.lecun.com/exdb/mnist and its mirrors",
      [
        ("mnist/train-images-idx3-ubyte", 47_040_016), ("mnist/train-labels-idx1-ubyte", 60_008),
        ("mnist/t10k-images-idx3-ubyte", 7_840_016), ("mnist/t10k-labels-idx1-ubyte", 10_008),
      ],
      """
      (x=load("$0")[:, none] / 255, y=load("$1"), test=(x=load("$2")[:, none] / 255, y=load("$3")),
       classes=[str(n) for n in range(10)])
      """),
    LargerData(
      "cifar10",
      "Colour pictures of 32 x 32 pixels from 0 to 1 in ten classes; one training batch.",
      origin: "www.cs.toronto.edu/~kriz/cifar.html (the binary version)",
      [("cifar10/data_batch_1.bin", nil), ("cifar10/test_batch.bin", nil)],
      """
      (a, b) = (load("$0"), load("$1"))
      (x=a.x / 255, y=a.y, test=(x=b.x / 255, y=b.y),
       classes=words("airplane automobile bird cat deer dog frog horse ship truck"))
      """),
    LargerData(
      "cora", "2,708 papers by 1,433 words, 5,278 citations as edges, and who is known at first.",
      origin: "github.com/kimiyoung/planetoid, as tables of tabs",
      [
        ("graph/cora.content.tsv", nil), ("graph/cora.edges.tsv", nil),
        ("graph/cora.split.tsv", nil),
      ],
      """
      (papers, cited, parts) = (load("$0", header=false), load("$1", header=false), load("$2", header=false))
      numbers(text) = [int(w) for w in words(text)]
      share(places) = { r = zeros(1433); r[places] = 1 / len(places); r }
      part(row) = [int(w) for w in words(parts.c0[row])[1:]]
      (x=stack([share(numbers(text)) for text in papers.c2]), y=papers.c1,
       edges=stack([cited.c0, cited.c1], axis=1), train=part(0), val=part(1), test=part(2))
      """),
    LargerData(
      "shakespeare", "Plays as one text of 1.1 million characters.",
      origin: "github.com/karpathy/char-rnn (tinyshakespeare)",
      [("text/tinyshakespeare.txt", 1_115_394)], "(text=load(\"$0\"),)"),
    LargerData(
      "imdb", "50,000 film reviews, half of them good; 25,000 are the test.",
      origin: "ai.stanford.edu/~amaas/data/sentiment, as tables: label, number, text",
      [("text/imdb.train.tsv", nil), ("text/imdb.test.tsv", nil)],
      """
      (a, b) = (load("$0", header=false), load("$1", header=false))
      (x=a.c2, y=a.c0, test=(x=b.c2, y=b.c0), classes=["bad", "good"])
      """),
    LargerData(
      "mammography", "11,183 scans by 6 measurements; 260 are of a disease.",
      origin: "www.openml.org/d/310",
      [("tabular/mammography.csv", nil)],
      """
      t = load("$0", header=false)
      (x=stack([t.c0, t.c1, t.c2, t.c3, t.c4, t.c5], axis=1), y=stack([int(find(s, "-") == none) for s in t.c6]),
       classes=["healthy", "ill"])
      """),
    LargerData(
      "california_housing", "20,640 districts by 8 measurements, and what a house costs in each.",
      origin: "the StatLib repository; Pace and Barry 1997",
      [("tabular/california_housing.csv", nil)],
      """
      t = load("$0")
      (x=stack([float(t.longitude), float(t.latitude), float(t.housing_median_age), float(t.total_rooms), float(t.population), float(t.households), float(t.median_income)], axis=1),
       y=float(t.median_house_value),
       features=words("longitude latitude age rooms population households income"))
      """),
    LargerData(
      "airline", "Passengers of airlines in thousands, 144 months from 1949.",
      origin: "Box and Jenkins 1976, series G",
      [("timeseries/airline-passengers.csv", nil)],
      "t = load(\"$0\")\n(month=t.Month, y=float(t.Passengers))"),
    LargerData(
      "sunspots", "Sunspots of 2,820 months from 1749.",
      origin: "SILSO, Royal Observatory of Belgium",
      [("timeseries/monthly-sunspots.csv", nil)],
      "t = load(\"$0\")\n(month=t.Month, y=float(t.Sunspots))"),
    LargerData(
      "etth1", "Oil temperature and six loads of an electricity transformer, hourly for two years.",
      origin: "github.com/zhouhaoyi/ETDataset (CC BY-ND)",
      [("timeseries/ETTh1.csv", nil)], "load(\"$0\")"),
    LargerData(
      "machine_temperature", "A part of a large machine every five minutes for eleven weeks.",
      origin: "github.com/numenta/NAB, realKnownCause",
      [("timeseries/machine_temperature.csv", nil)], "load(\"$0\")"),
    LargerData(
      "german", "1,000 who asked a bank for money: 20 columns, and 1 or 2 for who paid or did not.",
      origin: "archive.ics.uci.edu/dataset/144, as a table of commas",
      [("tabular/german.csv", nil)], "load(\"$0\", header=false)"),
    LargerData(
      "adult",
      "48,842 people by 14 columns, and who earns more than 50,000 dollars; 16,281 are the test.",
      origin: "archive.ics.uci.edu/dataset/2, as tables of commas",
      [("tabular/adult-train.csv", nil), ("tabular/adult-test.csv", nil)],
      "(train=load(\"$0\", header=false), test=load(\"$1\", header=false))"),
  ]

  // MARK: Finding

  /// Folders that are looked through: the shipped one, the user's own, and those in GRADUS_DATA.
  static var folders: [String] {
    var found: [String] = []
    if let shipped = try? DatasetFolder.find() { found.append(shipped) }
    if let data = getenv("XDG_DATA_HOME"), data.pointee != 0 {
      found.append(String(cString: data) + "/gradus/datasets")
    } else if let home = getenv("HOME") {
      found.append(String(cString: home) + "/.local/share/gradus/datasets")
    }
    if let named = getenv("GRADUS_DATA") {
      found += String(cString: named).split(separator: ":").map(String.init)
    }
    return found
  }

  /// The data as a record; a diagnosis that says what is missing and how to get it.
  func load(_ context: EvaluationContext, at span: SourceSpan?) throws -> Value {
    for folder in Self.folders {
      let names = files.map { file in
        [file.name, file.name + ".gz"].first { FileBytes.exists(folder + "/" + $0) }
      }
      let found = names.compactMap { $0 }
      guard found.count == files.count else { continue }
      return try made(folder, found, context, span)
    }
    throw LanguageError(
      "data", "the data set \"\(entry.name)\" does not come with Gradus and is not on this machine",
      at: span,
      details: [entry.summary, "from \(origin), as"]
        + files.map { file in
          "  \(file.name)" + (file.bytes.map { ", \($0) bytes (or packed as .gz)" } ?? " (or .gz)")
        }
        + ["looked for in"] + Self.folders.map { "  " + $0 },
      hint: "put the files into one of these folders, or name yours in GRADUS_DATA")
  }

  private func made(
    _ folder: String, _ found: [String], _ context: EvaluationContext, _ span: SourceSpan?
  ) throws -> Value {
    for (file, name) in zip(files, found) {
      guard let bytes = file.bytes, !name.hasSuffix(".gz") else { continue }
      let size = FileBytes.mark(of: folder + "/" + name)?.size ?? bytes
      guard size == bytes else {
        throw LanguageError(
          "data",
          "\(name) holds \(size) bytes, \(bytes) are expected: it is another file, or cut off",
          at: span, details: ["in \(folder)", "from \(origin)"])
      }
    }
    var source = program
    for (at, name) in found.enumerated() { source.replace("$\(at)", with: name) }
    let inner = EvaluationContext(
      stream: context.stream, interruption: context.interruption, folder: folder)
    inner.steps = context.steps
    do throws(LanguageError) {
      let made = try StandardLibrary.interpreter().evaluate(source, in: Names(), inner)
      guard case .value(let value)? = made.output.last else { return .none }
      return value
    } catch {
      throw LanguageError(
        error.code, "the files of \"\(entry.name)\" in \(folder) cannot be used: \(error.message)",
        at: span, details: error.details)
    }
  }
}
