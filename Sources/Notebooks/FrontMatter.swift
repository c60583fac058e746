/// The settings between the `---` lines at the top of a notebook; lines that are not understood stay.
struct FrontMatter {
  private var settings: [(name: String, value: String, line: Int)] = []

  init(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first?.allSatisfy({ $0 == "-" || $0 == " " }) == true, text.hasPrefix("---"),
      let end = lines.dropFirst().firstIndex(where: { $0.hasPrefix("---") })
    else { return }
    for (number, line) in lines[..<end].enumerated().dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      settings.append((String(line[..<colon]), String(value), number + 1))
    }
  }

  /// The first setting of that name.
  subscript(name: String) -> String? { settings.first { $0.name == name }?.value }

  /// The line that a setting stands on, from 1.
  func line(of name: String) -> Int { settings.first { $0.name == name }?.line ?? 1 }

  /// Where the front matter of a text ends, in bytes; nil without one.
  static func end(_ text: String) -> Int? {
    guard text.hasPrefix("---\n") || text.hasPrefix("---\r\n") else { return nil }
    var end = 0
    for (number, line) in text.utf8.split(separator: 10, omittingEmptySubsequences: false)
      .enumerated()
    {
      end += line.count + 1
      let marks = line.filter { $0 != 13 && $0 != 32 }
      if number > 0, Array(marks) == Array("---".utf8) { return min(end, text.utf8.count) }
    }
    return nil
  }
}
