import Drawing

/// What a terminal shows of the bytes written to it, and whether only sequences came that the studio
/// may write. Everything that is not on the short list here is kept as a violation.
struct TerminalPicture {
  private(set) var columns: Int
  private(set) var rows: Int
  private var cells: [[Character]]
  private var column = 0
  private var row = 0
  private var region: ClosedRange<Int>
  private var saved = (0, 0)
  private var isInserting = false
  private var last: Character = " "
  private(set) var violations: [String] = []
  private var rest: [UInt8] = []

  private static let modes: Set<String> = [
    "?1", "?7", "?12", "?25", "?1049", "?2004", "?1000", "?1002", "?1003", "?1006", "?1034", "4",
    "?2026",
  ]
  /// A character that stands right of a wide one.
  private static let filler: Character = "\u{0}"

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    region = 0...(rows - 1)
  }

  mutating func resize(columns: Int, rows: Int) {
    self = TerminalPicture(columns: columns, rows: rows)
  }

  var text: String {
    cells.map { line in
      var text = String(line.filter { $0 != TerminalPicture.filler })
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  // MARK: Reading

  mutating func read(_ bytes: [UInt8]) {
    rest += bytes
    var at = 0
    while at < rest.count, let used = step(rest[at...]) { at += used }
    rest.removeFirst(at)
  }

  /// Takes one character or sequence in; nil when it has not come whole.
  private mutating func step(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    switch first {
    case 27: return escape(bytes)
    case 8: column = max(0, column - 1)
    case 10, 11: lineFeed()
    case 13: column = 0
    case 14, 15: break
    case 7: violations.append("bell")
    case 0..<32, 127: violations.append("control \(first)")
    case 32..<127: put(Character(Unicode.Scalar(first)))
    default:
      let size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
      guard size > 1 else {
        violations.append("byte \(first)")
        return 1
      }
      guard bytes.count >= size else { return nil }
      for scalar in String(decoding: bytes.prefix(size), as: UTF8.self).unicodeScalars {
        put(scalar)
      }
      return size
    }
    return 1
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x80...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFFD, 0x61C,
      0xE0000...0xE007F:
      violations.append("U+" + String(scalar.value, radix: 16))
    default:
      if scalar.properties.generalCategory == .nonspacingMark { return }
      put(Character(scalar))
    }
  }

  private mutating func put(_ character: Character) {
    let width = DisplayWidth.of(character)
    if column + width > columns {
      column = 0
      lineFeed()
    }
    guard row < rows, column < columns else { return }
    if isInserting {
      cells[row].insert(" ", at: column)
      cells[row].removeLast()
    }
    cells[row][column] = character
    if width == 2, column + 1 < columns { cells[row][column + 1] = TerminalPicture.filler }
    column += width
    last = character
  }

  private mutating func lineFeed() {
    if row == region.upperBound { scroll(1) } else { row = min(rows - 1, row + 1) }
  }

  private mutating func scroll(_ count: Int, from top: Int? = nil) {
    let start = top ?? region.lowerBound
    let blank = [Character](repeating: " ", count: columns)
    for _ in 0..<min(abs(count), rows) {
      if count > 0 {
        cells.remove(at: start)
        cells.insert(blank, at: region.upperBound)
      } else {
        cells.remove(at: region.upperBound)
        cells.insert(blank, at: start)
      }
    }
  }

  // MARK: Sequences

  private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 2 else { return nil }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case UInt8(ascii: "["): return control(bytes)
    case UInt8(ascii: "("), UInt8(ascii: ")"):
      guard bytes.count >= 3 else { return nil }
      return 3
    case UInt8(ascii: "]"):
      // ncurses gives the palette back as it was.
      let own = Array("\u{1B}]104\u{7}".utf8)
      guard bytes.count >= own.count else { return nil }
      if Array(bytes.prefix(own.count)) == own { return own.count }
      violations.append("ESC ]")
    case UInt8(ascii: "="), UInt8(ascii: ">"): return 2
    case UInt8(ascii: "7"): saved = (column, row)
    case UInt8(ascii: "8"): (column, row) = saved
    case UInt8(ascii: "M"):
      if row == region.lowerBound { scroll(-1) } else { row = max(0, row - 1) }
    case UInt8(ascii: "D"): lineFeed()
    default: violations.append("ESC \(Character(Unicode.Scalar(second)))")
    }
    return 2
  }

  private mutating func control(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let end = bytes.dropFirst(2).firstIndex(where: { (64...126).contains($0) }) else {
      return nil
    }
    let body = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
    let final = Character(Unicode.Scalar(bytes[end]))
    let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    if numbers.contains(where: { $0 > 600 && !TerminalPicture.modes.contains("?\($0)") }) {
      violations.append("CSI \(body)\(final)")
    }
    perform(final, body, numbers)
    return end + 1 - bytes.startIndex
  }

  private mutating func perform(_ final: Character, _ body: String, _ numbers: [Int]) {
    let first = numbers.first ?? 0
    let count = max(1, first)
    func bounded(_ value: Int, _ limit: Int) -> Int { min(max(0, value), limit - 1) }
    switch final {
    case "H":
      (row, column) = (
        bounded(count - 1, rows), bounded((numbers.dropFirst().first ?? 1) - 1, columns)
      )
    case "A": row = bounded(row - count, rows)
    case "B": row = bounded(row + count, rows)
    case "C": column = bounded(column + count, columns)
    case "D": column = bounded(column - count, columns)
    case "G": column = bounded(count - 1, columns)
    case "d": row = bounded(count - 1, rows)
    case "J":
      if first == 2 {
        erase(0, rows * columns)
      } else if first == 1 {
        erase(0, place + 1)
      } else {
        erase(place, rows * columns)
      }
    case "K":
      if first == 1 {
        erase(row * columns, place + 1)
      } else if first == 2 {
        erase(row * columns, (row + 1) * columns)
      } else {
        erase(place, (row + 1) * columns)
      }
    case "X": erase(place, min((row + 1) * columns, place + count))
    case "@":
      for _ in 0..<min(count, columns) {
        cells[row].insert(" ", at: min(column, columns - 1))
        cells[row].removeLast()
      }
    case "P":
      for _ in 0..<min(count, columns - column) {
        cells[row].remove(at: column)
        cells[row].append(" ")
      }
    case "L": if region.contains(row) { scroll(-count, from: row) }
    case "M": if region.contains(row) { scroll(count, from: row) }
    case "S": scroll(count)
    case "T": scroll(-count)
    case "b": for _ in 0..<count { put(last) }
    case "r":
      let bottom = numbers.count > 1 && numbers[1] > 0 ? numbers[1] : rows
      region = bounded(count - 1, rows)...max(bounded(count - 1, rows), bounded(bottom - 1, rows))
      (row, column) = (0, 0)
    case "m": break
    case "t" where body.hasPrefix("22;0;0") || body.hasPrefix("23;0;0"): break
    case "h", "l":
      for mode in body.split(separator: ";") {
        let name = body.hasPrefix("?") && !mode.hasPrefix("?") ? "?\(mode)" : String(mode)
        if !TerminalPicture.modes.contains(name) { violations.append("mode \(name)") }
        if name == "4" { isInserting = final == "h" }
        if name == "?1049" { erase(0, rows * columns) }
      }
    default: violations.append("CSI \(body)\(final)")
    }
  }

  private var place: Int { row * columns + min(column, columns - 1) }

  private mutating func erase(_ from: Int, _ to: Int) {
    for at in from..<max(from, to) where at < rows * columns {
      cells[at / columns][at % columns] = " "
    }
  }
}
