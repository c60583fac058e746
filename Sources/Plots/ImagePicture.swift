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
    ImageGrid([pixels.rows], captions: title.isEmpty ? [] : [title], columns: 1, isTitled: true)
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

  /// Without a height, up to 64 images.
  package func draw(width: Int, height: Int?, depth: ColorDepth) -> Grid {
    guard let first = images.first, first.columns > 0, !first.rows.isEmpty else {
      return Grid.message("no images", width: width, height: height)
    }
    let width = max(1, width)
    let cell = first.cell(depth)
    let caption = captions.isEmpty ? 0 : 1
    let natural = first.size(cell)
    let wished = columns.map { max(1, min($0, images.count)) }
    // A given number of columns shrinks the images; otherwise only one that is too wide shrinks.
    let room = wished.map { max(1, (width + 2) / $0 - 2) } ?? width
    let tall = max(1, min(natural.height, (height ?? .max) - caption))
    let size = first.fitted(width: room, height: tall, cell).size(cell)
    let across = max(1, min(wished ?? images.count, (width + 2) / (size.width + 2)))
    let line = size.height + caption + (images.count > across ? 1 : 0)
    let lines = min(
      (min(images.count, height == nil ? 64 : .max) + across - 1) / across,
      max(1, (height.map { $0 + 1 } ?? .max / 2) / line))
    let shown = min(images.count, lines * across)
    let rest = images.count - shown
    let needed = lines * line - (images.count > across ? 1 : 0) + (rest > 0 ? 1 : 0)
    let words = captions.prefix(1).map { DisplayWidth.of($0) }.max() ?? 0
    let used = max(across * (size.width + 2) - 2, isTitled ? words : 0, rest > 0 ? 12 : 0)
    var grid = Grid(width: min(width, used), height: min(needed, height ?? needed))
    let range = range
    for index in 0..<shown {
      let (column, row) = (index % across * (size.width + 2), index / across * line)
      images[index].fitted(width: size.width, height: size.height, cell).draw(
        on: &grid, column: column, row: row + (isTitled ? caption : 0), range, cell)
      guard caption == 1, index < captions.count else { continue }
      grid.write(
        Labels.fitted(captions[index], isTitled ? grid.width : size.width), column: column,
        row: row + (isTitled ? 0 : size.height))
    }
    if rest > 0 {
      let text = "… \(rest) more"
      grid.write(text, column: 0, row: grid.height - 1, style: Style(isDim: true))
    }
    return grid
  }
}
