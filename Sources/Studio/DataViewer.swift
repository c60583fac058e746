import Autograd
import Drawing
import Language
import Library
import Tensors
import Terminal

/// A tensor or a table to move through: two dimensions at a time, the others at a place.
package struct DataViewer: Sendable {
  let name: String
  private let source: ViewedData
  /// The place in every dimension; two of them run down and across.
  private(set) var place: [Int]
  private var down: Int?
  private var across: Int?
  private var digits = 4
  /// A place or slice that is being typed.
  private(set) var typed: String?
  private var problem = ""

  /// Nil for what has no elements to show.
  init?(name: String, _ value: Value) {
    guard let source = ViewedData(value) else { return nil }
    (self.name, self.source) = (name, source)
    let rank = source.dims.count
    place = Array(repeating: 0, count: rank)
    down = rank > 1 ? rank - 2 : nil
    across = rank > 0 ? rank - 1 : nil
  }

  private var rows: Int { down.map { source.dims[$0] } ?? 1 }
  private var columns: Int { across.map { source.dims[$0] } ?? 1 }
  private var row: Int { down.map { place[$0] } ?? 0 }
  private var column: Int { across.map { place[$0] } ?? 0 }

  private mutating func move(_ axis: Int?, to index: Int) {
    guard let axis else { return }
    place[axis] = min(max(0, index), source.dims[axis] - 1)
  }

  /// False when it is left.
  mutating func press(_ key: Key, visible: Int) -> Bool {
    problem = ""
    if let text = typed {
      type(key, text)
      return true
    }
    switch key {
    case .down, .character("j"): move(down, to: row + 1)
    case .up, .character("k"): move(down, to: row - 1)
    case .right, .character("l"): move(across, to: column + 1)
    case .left, .character("h"): move(across, to: column - 1)
    case .pageDown, .character(" "): move(down, to: row + visible)
    case .pageUp: move(down, to: row - visible)
    case .home, .character("g"):
      move(down, to: 0)
      move(across, to: 0)
    case .end, .character("G"): move(down, to: rows)
    case .character("$"): move(across, to: columns)
    case .character("0"): move(across, to: 0)
    case .character("."): turn(1)
    case .character(","): turn(-1)
    case .character("s"), .character(":"): typed = ""
    case .character("+"): digits = min(9, digits + 1)
    case .character("-"): digits = max(1, digits - 1)
    case .escape, .character("q"), .control("c"), .enter: return false
    default: break
    }
    return true
  }

  private mutating func type(_ key: Key, _ text: String) {
    switch key {
    case .character(let c): typed = text + String(c)
    case .backspace, .control("h"): typed = text.isEmpty ? nil : String(text.dropLast())
    case .escape, .control("c"): typed = nil
    case .enter, .run:
      typed = nil
      goTo(text)
    default: break
    }
  }

  /// The next slice or the one before, counting through the dimensions that are not shown.
  private mutating func turn(_ step: Int) {
    for axis in place.indices.reversed() where axis != down && axis != across {
      place[axis] += step
      if (0..<source.dims[axis]).contains(place[axis]) { return }
      place[axis] = step > 0 ? 0 : source.dims[axis] - 1
    }
  }

  /// Goes to `3, :, 0, :`: numbers are places, negative ones from the end; the two `:` run down and
  /// across; `5:` begins at 5.
  private mutating func goTo(_ text: String) {
    let parts = text.filter { $0 != " " && $0 != "[" && $0 != "]" }
      .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= source.dims.count, !text.isEmpty else {
      problem = "it has \(source.dims.count) dimensions"
      return
    }
    var next = place
    var free: [Int] = []
    for (axis, part) in parts.enumerated() {
      if let colon = part.firstIndex(of: ":") {
        free.append(axis)
        guard let start = colon == part.startIndex ? 0 : Int(part[..<colon]),
          source.dims[axis] > start, start >= 0
        else { return problem = "\(part) is not in 0..\(source.dims[axis] - 1)" }
        next[axis] = start
      } else {
        guard let index = source.index(part, axis), index < source.dims[axis],
          index >= -source.dims[axis]
        else { return problem = "\(part) is not in 0..\(source.dims[axis] - 1)" }
        next[axis] = index < 0 ? index + source.dims[axis] : index
      }
    }
    guard free.isEmpty || free.count == min(2, source.dims.count) else {
      problem = "two dimensions are shown: write two :"
      return
    }
    place = next
    if free.count == 2 { (down, across) = (free[0], free[1]) }
  }

  func draw(_ grid: inout Grid) {
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let here = place.map(String.init).joined(separator: ", ")
    let text = source.text(place, digits: digits)
    grid.write(
      "\(name)[\(here)] = \(text)   \(source.kind)", column: 2, row: 1, style: Style(isBold: true),
      limit: grid.width - 3)
    let width = source.width(digits: digits)
    let shownColumns = max(1, (grid.width - 10) / width)
    let shownRows = max(1, grid.height - 5)
    let left = min(max(0, column - shownColumns / 2), max(0, columns - shownColumns))
    let top = min(max(0, row - shownRows / 2), max(0, rows - shownRows))
    for x in left..<min(columns, left + shownColumns) {
      let head = source.head(x, across)
      let edge = 10 + (x - left + 1) * width - 1
      let size = min(DisplayWidth.of(head), width - 1)
      grid.write(head, column: edge - size, row: 2, style: Style(isDim: true), limit: size)
    }
    for y in top..<min(rows, top + shownRows) {
      grid.write("\(y)", column: 2, row: 3 + y - top, style: Style(isDim: true), limit: 7)
      for x in left..<min(columns, left + shownColumns) {
        var at = place
        if let down { at[down] = y }
        if let across { at[across] = x }
        let shown = Sanitize.text(source.text(at, digits: digits))
        let edge = 10 + (x - left + 1) * width - 1
        let isLost = shown.hasSuffix("nan") || shown.hasSuffix("inf")
        let size = min(DisplayWidth.of(shown), width - 1)
        grid.write(
          shown, column: edge - size, row: 3 + y - top,
          style: Style(
            foreground: isLost ? Color(160) : nil, isBold: isLost,
            isReversed: y == row && x == column), limit: size)
      }
    }
    let last = grid.height - 2
    for column in 0..<grid.width { grid[column, last] = .blank }
    if let typed {
      grid.write("\(name)[" + typed, column: 2, row: last, limit: grid.width - 3)
    } else {
      grid.write(problem, column: 2, row: last, style: Style(isBold: true), limit: grid.width - 3)
    }
  }
}

/// What a viewer shows: a tensor, or columns of a table.
private enum ViewedData: Sendable {
  case tensor(Tensor)
  case table(names: [String], columns: [Column], rows: Int)

  enum Column: Sendable {
    case texts([Value])
    case numbers(Tensor, offset: Int, step: Int)
  }

  init?(_ value: Value) {
    switch value {
    case .tensor(let x), .parameter(let x):
      guard x.value.count > 0 else { return nil }
      self = .tensor(x.value)
    case .record(let record):
      let fields = zip(record.names, record.fields.map(\.value))
      let counts = fields.compactMap { ViewedData.count(of: $1) }
      guard let rows = counts.max(), rows > 0 else { return nil }
      self = ViewedData.table(fields.filter { ViewedData.count(of: $1) == rows }, rows)
    case .list(let items):
      guard case .record(let first)? = items.first else { return nil }
      let fields = first.names.map { name in
        (
          name,
          Value.list(
            items.map { item in
              if case .record(let record) = item { record[name] ?? .none } else { .none }
            })
        )
      }
      self = ViewedData.table(fields, items.count)
    default: return nil
    }
  }

  private static func count(of value: Value) -> Int? {
    switch value {
    case .tensor(let x) where (1...2).contains(x.rank): x.dims[0]
    case .list(let items): items.count
    default: nil
    }
  }

  private static func table(_ fields: some Sequence<(String, Value)>, _ rows: Int) -> ViewedData {
    var (names, columns): ([String], [Column]) = ([], [])
    for (name, value) in fields {
      switch value {
      case .list(let items):
        names.append(name)
        columns.append(.texts(items))
      case .tensor(let x):
        let width = x.rank == 2 ? x.dims[1] : 1
        for at in 0..<min(width, 256) {
          names.append(x.rank == 2 ? "\(name)[\(at)]" : name)
          columns.append(.numbers(x.value, offset: at, step: width))
        }
      default: break
      }
    }
    return .table(names: names, columns: columns, rows: rows)
  }

  var dims: [Int] {
    switch self {
    case .tensor(let tensor): tensor.dims
    case .table(_, let columns, let rows): [rows, max(1, columns.count)]
    }
  }

  var kind: String {
    switch self {
    case .tensor(let tensor): "\(tensor.dtype.name) \(tensor.shape)"
    case .table(let names, _, let rows): "table, \(rows) rows, \(names.count) columns"
    }
  }

  /// The columns of the screen that a number takes.
  func width(digits: Int) -> Int {
    if case .table = self { max(12, digits + 8) } else { digits + 8 }
  }

  func head(_ index: Int, _ axis: Int?) -> String {
    if case .table(let names, _, _) = self, axis == 1, names.indices.contains(index) {
      return names[index]
    }
    return "\(index)"
  }

  /// A place by its number, or the name of a column.
  func index(_ text: String, _ axis: Int) -> Int? {
    if case .table(let names, _, _) = self, axis == 1, let at = names.firstIndex(of: text) {
      return at
    }
    return Int(text)
  }

  func text(_ place: [Int], digits: Int) -> String {
    switch self {
    case .tensor(let tensor):
      let at = zip(place, tensor.dims).reduce(0) { $0 * $1.1 + $1.0 }
      return ViewedData.text(tensor, at, digits)
    case .table(_, let columns, _):
      guard columns.indices.contains(place[1]) else { return "" }
      switch columns[place[1]] {
      case .texts(let items):
        guard items.indices.contains(place[0]) else { return "" }
        if case .text(let text) = items[place[0]] { return text }
        return items[place[0]].inline
      case .numbers(let tensor, let offset, let step):
        return ViewedData.text(tensor, place[0] * step + offset, digits)
      }
    }
  }

  private static func text(_ tensor: Tensor, _ at: Int, _ digits: Int) -> String {
    switch tensor.dtype {
    case .bool: tensor.integer(at: at) != 0 ? "true" : "false"
    case .float16, .bfloat16, .float32, .float64:
      shortNumber(tensor.double(at: at), digits: digits)
    case .int8, .int64: "\(tensor.integer(at: at))"
    }
  }
}
