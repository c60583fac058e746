/// Named things in a fixed order, found by name, alias or prefix.
package struct Catalog<Item: Sendable>: Sendable {
  package let items: [Item]
  private let entries: [Entry]
  private let positions: [String: Int]

  package init(_ items: [Item], entry: (Item) -> Entry) {
    self.items = items
    entries = items.map(entry)
    var positions: [String: Int] = [:]
    for (position, entry) in entries.enumerated() {
      for name in [entry.name] + entry.aliases {
        precondition(positions[name] == nil, "two entries are called \(name)")
        positions[name] = position
      }
    }
    self.positions = positions
  }

  package subscript(name: String) -> Item? { positions[name].map { items[$0] } }

  package func entry(named name: String) -> Entry? { positions[name].map { entries[$0] } }

  /// Names in catalog order, without aliases.
  package var names: [String] { entries.map(\.name) }

  /// Entries whose name begins with `prefix`, sorted by name.
  package func completions(of prefix: String) -> [Entry] {
    entries.filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
  }

  /// The known name nearest to a mistyped one, or nil when none is near.
  package func suggestion(for name: String) -> String? {
    Suggestion.nearest(to: name, among: positions.keys.sorted()).map { near in
      positions[near].map { entries[$0].name } ?? near
    }
  }
}
