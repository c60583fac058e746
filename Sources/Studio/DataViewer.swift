import Autograd
import Drawing
import Language
import Library
import Tensors
import Terminal

/// A tensor as a table to move through, a slice of its last two dimensions at a time.
package struct DataViewer: Sendable {
  let name: String
  let tensor: Tensor
  /// The place in the dimensions before the last two.
  private(set) var slice: [Int]
  private(set) var row = 0
  private(set) var column = 0
  private var digits = 4

  /// Nil for what has no elements to show.
  init?(name: String, _ value: Value) {
    switch value {
    case .tensor(let x), .parameter(let x): tensor = x.value
    default: return nil
    }
    guard tensor.count > 0 else { return nil }
    self.name = name
    slice = Array(repeating: 0, count: max(0, tensor.rank - 2))
  }

  private var rows: Int { tensor.rank > 1 ? tensor.dims[tensor.rank - 2] : 1 }
  private var columns: Int { tensor.rank > 0 ? tensor.dims[tensor.rank - 1] : 1 }

  /// False when it is left.
  mutating func press(_ key: Key, visible: Int) -> Bool {
    switch key {
    case .down, .character("j"): row += 1
    case .up, .character("k"): row -= 1
    case .right, .character("l"): column += 1
    case .left, .character("h"): column -= 1
    case .pageDown, .character(" "): row += visible
    case .pageUp: row -= visible
    case .home, .character("g"): (row, column) = (0, 0)
    case .end, .character("G"): row = rows
    case .character("$"): column = columns
    case .character("0"): column = 0
    case .character("."): turn(1)
    case .character(","): turn(-1)
    case .character("+"): digits = min(9, digits + 1)
    case .character("-"): digits = max(1, digits - 1)
    case .escape, .character("q"), .control("c"), .enter: return false
    default: break
    }
    row = min(max(0, row), rows - 1)
    column = min(max(0, column), columns - 1)
    return true
  }

  /// The next slice or the one before, counting through the leading dimensions.
  private mutating func turn(_ step: Int) {
    for axis in slice.indices.reversed() {
      slice[axis] += step
      if (0..<tensor.dims[axis]).contains(slice[axis]) { return }
      slice[axis] = step > 0 ? 0 : tensor.dims[axis] - 1
    }
  }

  private func text(_ row: Int, _ column: Int) -> String {
    let place = slice + (tensor.rank > 1 ? [row] : []) + (tensor.rank > 0 ? [column] : [])
    let at = zip(place, tensor.dims).reduce(0) { $0 * $1.1 + $1.0 }
    switch tensor.dtype {
    case .bool: return tensor.integer(at: at) != 0 ? "true" : "false"
    case .float32, .float64: return shortNumber(tensor.double(at: at), digits: digits)
    case .int64: return "\(tensor.integer(at: at))"
    }
  }

  func draw(_ grid: inout Grid) {
    for row in 1..<(grid.height - 1) {
      for column in 0..<grid.width { grid[column, row] = .blank }
    }
    let place = slice.map { "\($0), " }.joined() + (tensor.rank > 1 ? "\(row), " : "") + "\(column)"
    grid.write(
      "\(name)[\(place)] = \(text(row, column))   \(tensor.dtype.name) \(tensor.shape)", column: 2,
      row: 1, style: Style(isBold: true), limit: grid.width - 3)
    let width = digits + 8
    let shownColumns = max(1, (grid.width - 10) / width)
    let shownRows = max(1, grid.height - 4)
    let left = min(max(0, column - shownColumns / 2), max(0, columns - shownColumns))
    let top = min(max(0, row - shownRows / 2), max(0, rows - shownRows))
    for x in left..<min(columns, left + shownColumns) {
      let head = "\(x)"
      let edge = 10 + (x - left + 1) * width - 1
      grid.write(head, column: edge - head.count, row: 2, style: Style(isDim: true))
    }
    for y in top..<min(rows, top + shownRows) {
      grid.write("\(y)", column: 2, row: 3 + y - top, style: Style(isDim: true), limit: 7)
      for x in left..<min(columns, left + shownColumns) {
        let number = text(y, x)
        let edge = 10 + (x - left + 1) * width - 1
        let isLost = number.hasSuffix("nan") || number.hasSuffix("inf")
        grid.write(
          number, column: edge - number.count, row: 3 + y - top,
          style: Style(
            foreground: isLost ? Color(160) : nil, isBold: isLost,
            isReversed: y == row && x == column))
      }
    }
  }
}
