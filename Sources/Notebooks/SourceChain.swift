import Files
import Language

/// What of a cell decides whether its recorded output is still its own.
package struct CellCode: Sendable, Equatable {
  package let text: String
  package let names: CellNames
  /// The tokens alone: comments and blanks make no difference.
  let tokens: String

  package init(_ text: String) {
    self.text = text
    names = CellNames(of: text)
    tokens = normalisedSource(text)
  }
}

/// The `src` hashes of a page from top to bottom: each covers the notebook's seed, the cell's own code,
/// and the hashes of the cells whose names it reads.
package struct SourceChain {
  private let seed: UInt64
  private var sources: [String: String] = [:]

  package init(seed: UInt64) { self.seed = seed }

  /// The hash of the next cell of the page.
  package mutating func src(of id: String, _ code: CellCode, isResting: Bool = false) -> String {
    let src = SourceChain.src(of: id, code, seed: seed, sources)
    // What nobody runs binds nothing.
    if isResting { return src }
    for name in code.names.binds { sources[name] = src }
    return src
  }

  /// The hash of one cell, by the hashes of what the names it reads come from.
  package static func src(
    of id: String, _ code: CellCode, seed: UInt64, _ sources: [String: String]
  ) -> String {
    var hasher = SHA256()
    hasher.update("\(seed) \(id) \(code.tokens)")
    for name in code.names.reads.sorted() {
      if let source = sources[name] { hasher.update(source) }
    }
    return hasher.finishShort()
  }
}
