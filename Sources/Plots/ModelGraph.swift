import Drawing

/// Which layer's answer goes into which: a line for each, rails beside it for what is used later.
package struct ModelGraph: Picture {
  package struct Node: Sendable {
    package let label: String
    /// Positions of the nodes it takes, all before it.
    package let inputs: [Int]
    package let shape: String
    /// How many numbers it learns.
    package let weights: Int

    package init(_ label: String, inputs: [Int], shape: String, weights: Int = 0) {
      self.label = Sanitize.text(label)
      self.inputs = inputs
      self.shape = shape
      self.weights = weights
    }
  }

  package let nodes: [Node]

  package init(_ nodes: [Node]) { self.nodes = nodes }

  private var weights: Int { nodes.reduce(0) { $0 + $1.weights } }

  package var description: String {
    guard let last = nodes.last else { return "An empty graph." }
    let joins = nodes.count { $0.inputs.count > 1 }
    return "\(Numbers.count(nodes.count - 1, "step")) from \(nodes[0].shape) to \(last.shape) with "
      + "\(Numbers.count(weights, "weight"))"
      + (joins > 0 ? ", \(joins) of them join branches" : "") + "."
  }

  /// One line of the drawing: rails, then the node whose line it is.
  private struct Row {
    var rails: String
    var node: Int?
  }

  /// Rails hold, from left to right, the node whose answer waits there to be used.
  private func rows() -> [Row] {
    var rows: [Row] = []
    var rails: [Int?] = []
    var uses = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for input in Set(node.inputs) { uses[input] += 1 } }
    func line(_ rails: [Int?], _ at: Int? = nil) -> String {
      rails.enumerated().map { $0 == at ? "●" : $1 == nil ? " " : "│" }.joined(separator: " ")
    }
    for (index, node) in nodes.enumerated() {
      let inputs = Set(node.inputs)
      var ending: [Int] = []
      for input in inputs {
        uses[input] -= 1
        if uses[input] == 0, let rail = rails.firstIndex(of: input) { ending.append(rail) }
      }
      ending.sort()
      let place: Int
      if let first = ending.first {
        place = first
        for rail in ending.dropFirst() {
          rows.append(Row(rails: ModelGraph.bend(rails, from: place, to: rail, closes: true)))
          rails[rail] = nil
        }
      } else if let source = inputs.compactMap({ rails.firstIndex(of: $0) }).min() {
        // What it takes is used again later: a branch to the right.
        place = rails.indices.first { $0 > source && rails[$0] == nil } ?? rails.count
        if place == rails.count { rails.append(nil) }
        rows.append(Row(rails: ModelGraph.bend(rails, from: source, to: place, closes: false)))
      } else {
        place = rails.firstIndex(of: nil) ?? rails.count
        if place == rails.count { rails.append(nil) }
      }
      rails[place] = index
      while rails.count > place + 1, rails.last == .some(nil) { rails.removeLast() }
      rows.append(Row(rails: line(rails, place), node: index))
      if uses[index] == 0 { rails[place] = nil }
    }
    return rows
  }

  private static func bend(_ rails: [Int?], from: Int, to: Int, closes: Bool) -> String {
    var result = ""
    for rail in 0..<max(rails.count, to + 1) {
      let isRail = rail < rails.count && rails[rail] != nil
      switch rail {
      case from: result += "├"
      case to: result += closes ? "╯" : "╮"
      case from..<to: result += isRail ? "┼" : "─"
      default: result += isRail ? "│" : " "
      }
      result += (from..<to).contains(rail) ? "─" : " "
    }
    return result
  }

  /// Without a height, up to 200 lines.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    let rows = rows()
    guard !rows.isEmpty, width >= 16 else {
      let text = rows.isEmpty ? "an empty graph" : description
      return Grid.message(text, width: width, height: height)
    }
    let limit = max(1, height ?? 200)
    let shown = rows.count <= limit ? rows.count : max(0, limit - 1)
    let rails = min(width / 3, (rows.map(\.rails.count).max() ?? 0) + 1)
    let shapes = min(width / 3, (nodes.map { DisplayWidth.of($0.shape) }.max() ?? 0) + 2)
    let counts = min(12, (nodes.map { "\($0.weights)".count }.max() ?? 0) + 2)
    let labels = min(
      max(4, width - rails - shapes - counts),
      (nodes.map { DisplayWidth.of($0.label) }.max() ?? 0) + 2)
    var grid = Grid(width: width, height: min(limit, shown + (shown < rows.count ? 1 : 0)))
    for (at, row) in rows.prefix(shown).enumerated() {
      for (column, character) in row.rails.enumerated() where column < rails {
        grid[column, at] = Glyph(character, Style(isDim: character != "●"))
      }
      guard let node = row.node.map({ nodes[$0] }) else { continue }
      grid.write(
        Labels.fitted(node.label, labels - 1), column: rails, row: at,
        style: Style(isBold: node.weights > 0))
      grid.write(Labels.fitted(node.shape, shapes - 1), column: rails + labels, row: at)
      if node.weights > 0 {
        grid.write(
          Labels.padded("\(node.weights)", counts, isRight: true),
          column: rails + labels + shapes, row: at)
      }
    }
    if shown < rows.count {
      grid.write("… \(rows.count - shown) more lines", column: 0, row: shown)
    }
    return grid
  }
}
