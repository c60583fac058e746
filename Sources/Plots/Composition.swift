import Drawing

/// Pictures side by side, as many as fit in the width; the others go below.
package struct PictureRow: Picture {
  package let pictures: [any Picture]
  /// Narrower than this, a picture goes to the next line.
  private static let leastWidth = 24
  private static let gap = 2

  package init(_ pictures: [any Picture]) { self.pictures = pictures }

  package var description: String { Composition.description(pictures, "beside each other") }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !pictures.isEmpty else { return Grid.message("no plots", width: width, height: height) }
    let gap = PictureRow.gap
    let across = max(1, min(pictures.count, (width + gap) / (PictureRow.leastWidth + gap)))
    let room = (width + gap) / across - gap
    let lines = (pictures.count + across - 1) / across
    let tall = height.map { max(1, $0 / lines) }
    let drawn = pictures.map { $0.draw(width: max(1, room), height: tall, depth: depth) }
    let heights = (0..<lines).map { line in
      drawn[(line * across)..<min(drawn.count, (line + 1) * across)].map(\.height).max() ?? 0
    }
    var grid = Grid(width: width, height: min(height ?? .max, heights.reduce(0, +)))
    var top = 0
    for line in 0..<lines {
      for (place, picture) in drawn[(line * across)..<min(drawn.count, (line + 1) * across)]
        .enumerated()
      {
        grid.draw(picture, column: place * (room + gap), row: top)
      }
      top += heights[line]
    }
    return grid
  }
}

/// Pictures below each other.
package struct PictureColumn: Picture {
  package let pictures: [any Picture]

  package init(_ pictures: [any Picture]) { self.pictures = pictures }

  package var description: String { Composition.description(pictures, "below each other") }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard !pictures.isEmpty else { return Grid.message("no plots", width: width, height: height) }
    let tall = height.map { max(1, $0 / pictures.count) }
    let drawn = pictures.map { $0.draw(width: width, height: tall, depth: depth) }
    var grid = Grid(
      width: drawn.map(\.width).max() ?? 1,
      height: min(height ?? .max, drawn.reduce(0) { $0 + $1.height }))
    var top = 0
    for picture in drawn {
      grid.draw(picture, column: 0, row: top)
      top += picture.height
    }
    return grid
  }
}

enum Composition {
  static func description(_ pictures: [any Picture], _ how: String) -> String {
    pictures.isEmpty
      ? "No plots."
      : pictures.count == 1
        ? pictures[0].description
        : "\(Numbers.count(pictures.count, "plot")) \(how). "
          + pictures.map(\.description).joined(separator: " ")
  }
}
