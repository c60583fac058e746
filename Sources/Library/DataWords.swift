import Autograd
import Datasets
import Files
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  static func value(of data: Dataset) throws -> Value {
    var fields: [(name: String?, value: Value)] = [
      ("x", .tensor(Variable(data.x))), ("y", .tensor(Variable(data.y))),
    ]
    if !data.classes.isEmpty { fields.append(("classes", .list(data.classes.map { .text($0) }))) }
    if !data.features.isEmpty {
      fields.append(("features", .list(data.features.map { .text($0) })))
    }
    return .record(Record(fields))
  }

  /// What comes with Gradus, by name.
  private static let shippedData =
    DatasetKinds.catalog.names + LargerData.shipped.map(\.entry.name)

  private static let d = Argument("d", .data, "Data: a record, a tensor or a list.")

  private static func generated(_ kind: DatasetKind) -> Builtin {
    Builtin(
      Entry(
        kind.entry.name, family: "Data",
        [Argument("n", .integer, "How many points.", default: "200")],
        summary: kind.entry.summary,
        examples: [Example("\(kind.entry.name)(10).x.shape", prints: "(10, 2)")])
    ) { call, interpreter in
      let n = try call.integer("n")
      guard n > 0 else { throw call.error("n should be at least 1", at: "n") }
      var stream = interpreter.context.stream.split()
      return try value(of: kind.make(n, &stream))
    }
  }

  static let dataWords: [Builtin] =
    DatasetKinds.all.filter(\.isGenerated).map(generated) + [
      Builtin(
        Entry(
          "dataset", family: "Data", [Argument("name", .text, "Its name.")],
          summary: "A data set by its name, with fields such as x and y.",
          details:
            "Small ones come with Gradus (datasets() names them). Larger ones, such as mnist, "
            + "cifar10, cora, shakespeare and imdb, are found in the data folders; the message says "
            + "which files are wanted where.",
          examples: [Example("dataset(\"iris\").x.shape", prints: "(150, 4)")])
      ) { call, interpreter in
        let name = try call.text("name")
        if let larger = LargerData.catalog[name] {
          return try larger.load(interpreter.context, at: call.span(of: "name"))
        }
        guard let kind = DatasetKinds.catalog[name] else {
          let near =
            DatasetKinds.catalog.suggestion(for: name) ?? LargerData.catalog.suggestion(for: name)
          throw LanguageError(
            "data", "there is no data set called \"\(name)\"", at: call.span(of: "name"),
            details: [
              "there are " + shippedData.joined(separator: ", "),
              "and, where their files are, "
                + LargerData.all.map(\.entry.name).joined(separator: ", "),
            ],
            hint: near.map { "dataset(\"\($0)\")" })
        }
        var stream = interpreter.context.stream.split()
        return try value(of: kind.make(200, &stream))
      },
      Builtin(
        Entry(
          "datasets", family: "Data", summary: "The names of the data sets that come with Gradus.",
          examples: [Example("datasets()[0]", prints: "iris")])
      ) { _, _ in .list(shippedData.map { .text($0) }) },
      Builtin(
        Entry(
          "load", family: "Data",
          [
            Argument(
              "path", .text,
              "A .csv, .tsv, .txt, .json, .npy, .npz, .png, .wav, .onnx, .safetensors, IDX or "
                + "CIFAR-10 .bin file, possibly packed as .gz."),
            Argument(
              "header", .any,
              "Whether a table's first line names the columns; found out when none.",
              default: "none"),
          ],
          summary: "What a file holds: a tensor, a record of columns or arrays, or a model.",
          details:
            "A picture is [height, width] when it is grey, otherwise [channels, height, width]; a "
            + "sound is (samples, rate). Files lie beneath the program's folder, in datasets/, or "
            + "in a folder named with --set.",
          examples: [Example("load(\"datasets/iris/iris.csv\").species.shape", prints: "(150,)")])
      ) { call, interpreter in
        let path = try call.text("path")
        let header = call.isNone("header") ? nil : try call.boolean("header")
        return try LoadedFile.value(
          path, at: ReadablePath.of(path, folder: interpreter.context.folder),
          LoadedFile.Reading(header: header))
      },
      Builtin(
        Entry(
          "split", family: "Data",
          [
            d, Argument("part", .number, "The share of the first piece."),
            Argument("seed", .any, "Shuffles the same way whatever the cell.", default: "none"),
          ], summary: "Two pieces of shuffled data.",
          details:
            "A row of whole numbers, as of tokens, lives by its order: without a seed it is cut as it "
            + "stands.",
          examples: [
            Example("[len(p) for p in split(rand(5), 0.8)]", prints: "[4, 1]"),
            Example("split([1, 2, 3, 4, 5], 0.8)", prints: "([1, 2, 3, 4], [5])"),
          ])
      ) { call, interpreter in
        guard let n = try rows(of: call["d"]) else {
          throw call.wrong("d", expected: "data with rows")
        }
        let part = try call.number("part")
        guard part >= 0, part <= 1 else {
          throw call.error("part lies between 0 and 1", at: "part")
        }
        var stream =
          call.isNone("seed")
          ? interpreter.context.stream.split()
          : RandomStream(seed: UInt64(bitPattern: Int64(try call.integer("seed"))))
        let isSequence = call["d"].variable.map { $0.rank == 1 && $0.dtype == .int64 } ?? false
        let order =
          isSequence && call.isNone("seed") ? Array(0..<n) : stream.permutation(n)
        let cut = Int((Double(n) * part).rounded())
        return .record(
          Record([
            (nil, try choosing(Array(order[..<cut]), from: call["d"])),
            (nil, try choosing(Array(order[cut...]), from: call["d"])),
          ]))
      },
      Builtin(
        Entry(
          "kfold", family: "Data",
          [
            d, Argument("k", .integer, "How many folds."),
            Argument("seed", .integer, "Of the order.", default: "0"),
          ],
          summary: "Pairs (rest, fold) of shuffled data, one for each fold.",
          examples: [Example("len(kfold([1, 2, 3, 4, 5], 5))", prints: "5")])
      ) { call, _ in
        let k = try call.integer("k")
        guard let n = try rows(of: call["d"]), k >= 2, k <= n else {
          throw call.error("k lies between 2 and the number of rows", at: "k")
        }
        var stream = RandomStream(seed: UInt64(bitPattern: Int64(try call.integer("seed"))))
        let order = stream.permutation(n)
        return .list(
          try (0..<k).map { fold in
            let (a, b) = (fold * n / k, (fold + 1) * n / k)
            return .record(
              Record([
                (nil, try choosing(Array(order[..<a] + order[b...]), from: call["d"])),
                (nil, try choosing(Array(order[a..<b]), from: call["d"])),
              ]))
          })
      },
    ]
}
