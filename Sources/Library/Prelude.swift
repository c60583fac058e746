import Language
import Vocabulary

/// Words written in the language itself: the library as a textbook.
package enum Prelude {
  package static let all: [Definition] =
    models + publishedForPictures + publishedTransformers + publishedDistances + blocks
    + learning + data + measures + lessons

  /// Definitions by name; each is run when its name is first used.
  package static let definitions: [String: Definition] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.entry.name, $0) })
}
