import Autograd
import Datasets
import Files
import Language
import Layers
import Tensors
import Training
import Vocabulary

extension TrainingError: Diagnosable {
  package var code: String { "training" }
}
extension DatasetError: Diagnosable {
  package var code: String { "data" }
}
extension FileError: Diagnosable {
  package var code: String { "file" }
}

/// Every word of the language, gathered from the catalogs.
package enum StandardLibrary {
  package static let words: [Builtin] =
    Operations.rows.map(Builtin.init(operation:)).map(Suspicions.watching)
    + LayerKinds.all.map(Builtin.init(layer:))
    + AugmentationKinds.all.map(Builtin.init(augmentation:))
    + OptimizerKinds.all.map(Builtin.init(optimizer:))
    + ScheduleKinds.all.map(Builtin.init(schedule:))
    + optimizerWords + scheduleWords + creationWords + randomWords
    + gradientWords + derivativeWords + modelWords + sequenceWords + initialiserWords
    + countingWords + modelFileWords + trainingWords + steeringWords + sweepWords + planWords
    + dataWords
    + tokenWords
    + metricWords
    + agreementWords
    + listWords + textWords + patternWords + mappingWords
    + checkingWords + plotWords
    + modelReportWords + spawnWords + codeWords + pageWords

  /// The words that run themselves.
  package static let catalog = Catalog(words, entry: \.entry)

  /// Every entry: the words above, and those that are written in the language itself.
  package static let entries = words.map(\.entry) + Prelude.all.map(\.entry)

  /// All entries by name: what look-up, the reference, completion and the tests read.
  package static let reference = Catalog(entries) { $0 }

  /// An interpreter with all words and the prelude.
  package static func interpreter() -> Interpreter {
    let interpreter = Interpreter(
      words: catalog, prelude: Prelude.definitions, composer: Model.composed)
    interpreter.outlineRule = OutlineRules.result
    interpreter.meanings = dataMeanings
    return interpreter
  }

  private static let dataMeanings = Dictionary(
    uniqueKeysWithValues: (DatasetKinds.catalog.names + LargerData.catalog.names).map {
      ($0, "dataset(\"\($0)\")")
    })

  /// What is known of each statement of a source before it runs; see `Interpreter.shapes`.
  package static func shapes(of source: String, in names: Names) -> [ShapeReading] {
    interpreter().shapes(of: source, in: names, rule: OutlineRules.result)
  }
}
