import Vocabulary

/// A topic of deep learning, and the notebooks that treat it.
package struct Topic: Sendable {
  /// The great parts of the map.
  package enum Area: String, Sendable, CaseIterable {
    case fundamentals, architectures, training, applications, challenges, trends
  }

  package let entry: Entry
  package let area: Area
  /// Numbers of lessons, those that are not written yet too.
  package let lessons: [Int]
  /// Names of notebooks in `notebooks/zoo`, those that are not written yet too.
  package let zoo: [String]
  /// Names of notebooks in `notebooks`.
  package let pages: [String]

  init(
    _ name: String, _ area: Area, _ branch: String, _ summary: String, lessons: [Int] = [],
    zoo: [String] = [], pages: [String] = []
  ) {
    entry = Entry(name, family: branch, summary: summary, examples: [])
    (self.area, self.lessons, self.zoo, self.pages) = (area, lessons, zoo, pages)
  }
}

/// The topics of the map, each said once.
package enum Topics {
  package static let all: [Topic] =
    fundamentals + vision + sequences + transformers + generation + training + data + applications
    + challenges + trends

  package static let catalog = Catalog(all, entry: \.entry)
}
