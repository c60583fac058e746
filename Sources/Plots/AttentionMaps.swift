import Drawing
import Glibc

/// The attention of every layer (rows) and head (columns) as a small heatmap each, with its entropy.
package struct AttentionMaps: Picture {
  /// By layer and head: rows of weights, each summing to 1.
  package let layers: [[[[Double]]]]

  package init(_ layers: [[[[Double]]]]) { self.layers = layers }

  /// How evenly a head looks at tokens: the mean entropy of its rows over its largest value, 0 to 1.
  package static func evenness(_ rows: [[Double]]) -> Double {
    let size = rows.first?.count ?? 0
    guard size > 1 else { return 0 }
    let entropies = rows.map { row in
      row.reduce(0.0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    }
    let part = entropies.reduce(0, +) / Double(rows.count) / log(Double(size))
    return part.isFinite ? min(1, max(0, part)) : 0
  }

  private var heads: Int { layers.map(\.count).max() ?? 0 }

  package var description: String {
    guard heads > 0 else { return "No attention." }
    var sharpest = (layer: 0, head: 0, value: Double.infinity)
    for (l, layer) in layers.enumerated() {
      for (h, head) in layer.enumerated() {
        let value = AttentionMaps.evenness(head)
        if value < sharpest.value { sharpest = (l, h, value) }
      }
    }
    return
      "Attention of \(Numbers.count(layers.count, "layer")) with \(Numbers.count(heads, "head")); "
      + "the most focused is head \(sharpest.head) of layer \(sharpest.layer), "
      + "\(Numbers.text(100 * sharpest.value, digits: 2)) % of an even look."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard heads > 0 else { return Grid.message("no attention", width: width, height: height) }
    let gutter = 4
    let room = max(1, (width - gutter) / heads - 1)
    let wide = max(2, min(16, room))
    let tall = max(1, wide / 2)
    let shown = min(heads, max(1, (width - gutter) / (wide + 1)))
    let fit = height.map { max(1, ($0 - 1) / (tall + 1)) } ?? layers.count
    let lines = min(layers.count, fit)
    guard width > gutter + wide, (height ?? .max) > tall + 1 else {
      return Grid.message(description, width: width, height: height)
    }
    var grid = Grid(width: width, height: 1 + lines * (tall + 1))
    for head in 0..<shown {
      grid.write("h\(head)", column: gutter + head * (wide + 1), row: 0, style: Style(isBold: true))
    }
    if shown < heads { grid.write("…", column: width - 1, row: 0) }
    for layer in 0..<lines {
      let top = 1 + layer * (tall + 1)
      grid.write("L\(layer)", column: 0, row: top, style: Style(isBold: true))
      for (head, rows) in layers[layer].prefix(shown).enumerated() {
        let left = gutter + head * (wide + 1)
        // Each character shows the largest weight of its block, so that no sharp look is lost.
        for y in 0..<tall {
          for x in 0..<wide {
            let value = AttentionMaps.largest(rows, y, of: tall, x, of: wide)
            grid[left + x, top + y] = Heatmap.glyph(value, (0, 1), depth)
          }
        }
        let even = Int((100 * AttentionMaps.evenness(rows)).rounded())
        grid.write("\(even)%", column: left, row: top + tall, style: Style(isDim: true))
      }
    }
    return grid
  }

  private static func largest(
    _ rows: [[Double]], _ y: Int, of tall: Int, _ x: Int, of wide: Int
  ) -> Double {
    guard !rows.isEmpty else { return .nan }
    func block(_ index: Int, _ parts: Int, _ count: Int) -> Range<Int> {
      let start = min(count - 1, index * count / parts)
      return start..<max(start + 1, (index + 1) * count / parts)
    }
    var best = -Double.infinity
    for row in rows[block(y, tall, rows.count)] where !row.isEmpty {
      for value in row[block(x, wide, row.count)] where value.isFinite { best = max(best, value) }
    }
    return best.isFinite ? best : .nan
  }
}

/// Words shaded by how much weight each has, as prose.
package struct ShadedText: Picture {
  package let tokens: [String]
  package let weights: [Double]
  package let title: String

  package init(_ tokens: [String], _ weights: [Double], title: String = "") {
    self.tokens = tokens.map { Sanitize.text($0) }
    self.weights = weights
    self.title = title
  }

  private var ranked: [Int] {
    tokens.indices.filter { $0 < weights.count && weights[$0].isFinite }.sorted {
      (weights[$1], $0) < (weights[$0], $1)
    }
  }

  package var description: String {
    let top = ranked.prefix(3).map { "\"\(tokens[$0])\" \(Numbers.text(weights[$0], digits: 2))" }
    return top.isEmpty
      ? "No tokens."
      : "\(Numbers.count(tokens.count, "token")), most weight on \(top.joined(separator: ", "))."
  }

  /// Without colour the weight, in tenths, follows each word that has at least one.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !ranked.isEmpty else { return Grid.message("no tokens", width: width, height: height) }
    let known = weights.filter(\.isFinite)
    let range = (low: min(0, known.min() ?? 0), high: max(known.max() ?? 1, 1e-12))
    var pieces: [(text: String, style: Style)] = []
    for (token, weight) in zip(tokens, weights) {
      let part = weight.isFinite ? Heatmap.part(weight, range) : 0
      if depth == .none {
        let tenths = Int((part * 9.999).rounded(.down))
        pieces.append(
          (tenths > 0 ? "\(token)\(ShadedText.digits[tenths])" : token, Style(isBold: part > 0.5)))
      } else {
        let step = min(9, Int(part * 9.999))
        let ink = Color(step >= 6 ? 16 : 231)
        pieces.append((token, Style(foreground: ink, background: Color(Palette.magma[step]))))
      }
    }
    var lines: [[(text: String, style: Style, column: Int)]] = [[]]
    var at = 0
    for piece in pieces {
      let text = Labels.fitted(piece.text, max(1, width))
      let size = DisplayWidth.of(text)
      if at > 0, at + size > width {
        lines.append([])
        at = 0
      }
      lines[lines.count - 1].append((text, piece.style, at))
      at += size + 1
    }
    let top = title.isEmpty ? 0 : 1
    var grid = Grid(width: max(1, width), height: min(height ?? .max, lines.count + top))
    _ = grid.heading(title, "")
    for (row, line) in lines.enumerated() {
      for piece in line {
        grid.write(piece.text, column: piece.column, row: top + row, style: piece.style)
      }
    }
    return grid
  }

  private static let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
}
