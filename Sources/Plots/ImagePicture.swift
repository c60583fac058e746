import Drawing

/// A grey image; large ones are averaged until they fit.
package struct ImagePicture: Picture {
  package let title: String
  private let pixels: Pixels

  package init(_ pixels: [[Double]], title: String = "") {
    self.pixels = Pixels(pixels)
    self.title = title
  }

  package var description: String {
    "An image of \(pixels.rows.count) x \(pixels.columns) pixels."
  }

  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    ImageGrid([pixels.rows], captions: title.isEmpty ? [] : [title], isTitled: true)
      .draw(width: width, height: height, depth: depth)
  }
}

/// Grey images of one brightness scale side by side, each over its caption.
package struct ImageGrid: Picture {
  private let images: [Pixels]
  private let captions: [String]
  private let columns: Int?
  /// Captions stand above instead of below.
  private let isTitled: Bool

  /// As many images side by side as fit, or `columns`.
  package init(
    _ images: [[[Double]]], captions: [String] = [], columns: Int? = nil, isTitled: Bool = false
  ) {
    self.images = images.map { Pixels($0) }
    self.captions = captions.map { Sanitize.text($0) }
    self.columns = columns
    self.isTitled = isTitled
  }

  private var range: (low: Double, high: Double) {
    var (low, high) = (0.0, -Double.infinity)
    for value in images.lazy.flatMap({ $0.rows.joined() }) where value.isFinite {
      (low, high) = (min(low, value), max(high, value))
    }
    return (low, high == -.infinity ? 1 : high)
  }

  package var description: String {
    let count = Numbers.count(images.count, "image")
    guard let first = images.first else { return "No images." }
    return "\(count) of \(first.rows.count) x \(first.columns) pixels, "
      + "brightness from \(Numbers.text(range.low)) to \(Numbers.text(range.high))."
  }

  /// How pixels are drawn, the gap between images and the room for each. A given number of columns
  /// brings them closer together before it shrinks them; otherwise only one that is too wide shrinks.
  private func form(_ first: Pixels, _ wished: Int?, _ width: Int, _ depth: ColorDepth) -> (
    cell: Pixels.Cell, gap: Int, room: Int
  ) {
    let cell = first.cell(depth)
    guard let wished else { return (cell, 2, width) }
    let cells = cell == .wide ? [.wide, .narrow] : [cell]
    let forms = cells.flatMap { cell in
      [2, 1].map { gap in (cell: cell, gap: gap, room: max(1, (width + gap) / wished - gap)) }
    }
    return forms.first { first.size($0.cell).width <= $0.room } ?? forms[forms.count - 1]
  }

  /// Without a height, up to 64 images.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard let first = images.first, first.columns > 0, !first.rows.isEmpty else {
      return Grid.message("no images", width: width, height: height)
    }
    let width = max(1, width)
    let caption = captions.isEmpty ? 0 : 1
    let wished = columns.map { max(1, min($0, images.count)) }
    let (cell, gap, room) = form(first, wished, width, depth)
    let natural = first.size(cell)
    let tall = max(1, min(natural.height, (height ?? .max) - caption))
    let size = first.fitted(width: room, height: tall, cell).size(cell)
    let block = first.block(width: room, height: tall, cell)
    let across = max(1, min(wished ?? images.count, (width + gap) / (size.width + gap)))
    let line = size.height + caption + (images.count > across ? 1 : 0)
    let lines = min(
      (min(images.count, height == nil ? 64 : .max) + across - 1) / across,
      max(1, (height.map { $0 + 1 } ?? .max / 2) / line))
    let shown = min(images.count, lines * across)
    let rest = images.count - shown
    let notes = [
      rest > 0 ? "… \(rest) more" : "",
      block > 1 && columns != nil ? "means of \(block) x \(block) pixels" : "",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
    let needed = lines * line - (images.count > across ? 1 : 0) + (notes.isEmpty ? 0 : 1)
    let words = captions.prefix(1).map { DisplayWidth.of($0) }.max() ?? 0
    let used = max(
      across * (size.width + gap) - gap, isTitled ? words : 0, DisplayWidth.of(notes))
    var grid = Grid(width: min(width, used), height: min(needed, height ?? needed))
    let range = range
    for index in 0..<shown {
      let (column, row) = (index % across * (size.width + gap), index / across * line)
      images[index].fitted(width: size.width, height: size.height, cell).draw(
        on: &grid, column: column, row: row + (isTitled ? caption : 0), range, cell)
      guard caption == 1, index < captions.count else { continue }
      grid.write(
        Labels.fitted(captions[index], isTitled ? grid.width : size.width), column: column,
        row: row + (isTitled ? 0 : size.height))
    }
    if !notes.isEmpty {
      grid.write(notes, column: 0, row: grid.height - 1, style: Style(isDim: true))
    }
    return grid
  }
}
