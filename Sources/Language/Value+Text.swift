import Tensors

extension Value {
  /// Canonical text: the same on every terminal. Texts are bare at the top, quoted inside.
  package func text(width: Int = 72) -> String {
    // What is too large to be read is shown on its first lines.
    if parts(atMost: Value.mostShown + 1) > Value.mostShown {
      return Value.wrapped(inline, width: width)
    }
    return switch self {
    case .text(let text): text
    case .tensor(let x), .parameter(let x): x.value.text(width: width)
    case .list(let items) where items.contains(where: { !$0.isShort }):
      Value.columns(items, width: width)
    case .record(let record) where record.fields.contains(where: { !$0.value.isShort }):
      zip(record.names, record.fields).map { name, field in
        let inner = field.value.text(width: width - 2)
        return inner.contains("\n")
          ? "\(name):\n"
            + inner.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "  " + $0 }.joined(separator: "\n")
          : "\(name): \(inner)"
      }.joined(separator: "\n")
    case .object(let object): object.text(width: width)
    case .function(let function): function.written
    default: Value.wrapped(inline, width: width)
    }
  }

  private static func columns(_ items: [Value], width: Int) -> String {
    var lines = ["list of \(items.count)"]
    for (index, item) in items.enumerated().prefix(8) {
      let text = item.text(width: width - 4).split(
        separator: "\n", omittingEmptySubsequences: false)
      lines.append("[\(index)] " + text.joined(separator: "\n    "))
    }
    if items.count > 8 { lines.append("…") }
    return lines.joined(separator: "\n")
  }

  /// Whether it reads well inside a line.
  private var isShort: Bool {
    switch self {
    case .tensor(let x), .parameter(let x): x.rank == 0 || (x.rank == 1 && x.shape.count <= 8)
    case .list(let items): items.allSatisfy(\.isShort)
    case .record(let record): record.fields.allSatisfy { $0.value.isShort }
    case .object(let object): !object.text(width: 72).contains("\n")
    default: true
    }
  }

  /// As many values are shown of one, at all its levels.
  static let mostShown = 4096

  /// On one line, for containers and messages.
  package var inline: String {
    var rest = Value.mostShown
    return inline(&rest)
  }

  private func inline(_ rest: inout Int) -> String {
    if rest <= 0 { return "…" }
    rest -= 1
    switch self {
    case .none: return "none"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let n): return "\(n)"
    case .number(let x): return shortNumber(x)
    case .text(let text): return Value.quoted(text)
    case .tensor(let x), .parameter(let x):
      if x.rank == 0 || (x.rank == 1 && x.shape.count <= 64) { return x.value.text(width: 1 << 20) }
      return "\(x.dtype.name) \(x.shape)"
    case .list(let items):
      var parts: [String] = []
      for item in items {
        parts.append(item.inline(&rest))
        if rest <= 0 { break }
      }
      return "[" + (parts.count < items.count ? parts + ["…"] : parts).joined(separator: ", ") + "]"
    case .record(let record):
      let parts = record.fields.map { field in
        (field.name.map { $0 + "=" } ?? "") + field.value.inline(&rest)
      }
      return "(" + parts.joined(separator: ", ")
        + (parts.count == 1 && record.fields[0].name == nil ? ",)" : ")")
    case .range(let range):
      return range.step == 1 && range.start == 0
        ? "range(\(range.end))"
        : "range(\(range.start), \(range.end)\(range.step == 1 ? "" : ", \(range.step)"))"
    case .function(let function):
      let lines = function.written.split(whereSeparator: \.isNewline)
      return lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
    case .builtin(let builtin): return builtin.entry.signature
    case .object(let object):
      return object.text(width: 72).split(separator: "\n").first.map(String.init) ?? object.kindName
    }
  }

  /// At most 60 characters of it, with its kind, for the details of messages.
  package var brief: String {
    let text = inline
    let cut = text.count > 60 ? text.prefix(59) + "…" : Substring(text)
    switch self {
    case .tensor(let x), .parameter(let x): return "\(x.dtype.name) \(x.shape)"
    default: return "\(kindName) \(cut)"
    }
  }

  package var withArticle: String {
    switch kindName {
    case "none": "none"
    case "data": "data"
    case let name: "a \(name)"
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }

  /// Breaks at `, ` so that no line is wider than it must be.
  private static func wrapped(_ text: String, width: Int) -> String {
    guard text.count > width else { return text }
    var lines: [String] = []
    var line = ""
    for (index, piece) in text.split(separator: ", ", omittingEmptySubsequences: false).enumerated()
    {
      let next = index == 0 ? String(piece) : ", " + piece
      if line.count + next.count >= width, !line.isEmpty {
        lines.append(line + ",")
        line = " " + piece
      } else {
        line += next
      }
    }
    lines.append(line)
    return lines.joined(separator: "\n")
  }

  /// The text of a value in a format such as `.1%`, `>8.2f`, `d`; nil when the format is unknown.
  package func formatted(_ format: String) -> String? {
    if format.isEmpty { return text() }
    var rest = Substring(format)
    var align: Character = "<"
    if let first = rest.first, "<>^".contains(first) {
      align = rest.removeFirst()
    } else {
      if asNumber != nil { align = ">" }
    }
    let isSigned = rest.first == "+"
    if isSigned { rest.removeFirst() }
    let width = Int(rest.prefix { $0.isNumber })
    if width == nil, rest.first?.isNumber == true { return nil }
    rest = rest.drop { $0.isNumber }
    var digits: Int?
    if rest.first == "." {
      rest.removeFirst()
      digits = Int(rest.prefix { $0.isNumber })
      rest = rest.drop { $0.isNumber }
      guard let digits, digits <= 30 else { return nil }
    }
    guard rest.count <= 1, (width ?? 0) <= 1000 else { return nil }
    var body: String
    switch rest.first {
    case nil, "s":
      body = asNumber.flatMap { x in digits.map { fixedNumber(x, decimals: $0) } } ?? text()
    case "f":
      guard let x = asNumber else { return nil }
      body = fixedNumber(x, decimals: digits ?? 6)
    case "g":
      guard let x = asNumber else { return nil }
      body = shortNumber(x, digits: digits ?? 6)
    case "e":
      guard let x = asNumber else { return nil }
      body = scientificNumber(x, decimals: digits ?? 6)
    case "d":
      guard let n = asInteger else { return nil }
      body = "\(n)"
    case "%":
      guard let x = asNumber else { return nil }
      body = fixedNumber(x * 100, decimals: digits ?? 0) + "%"
    default: return nil
    }
    if isSigned, let x = asNumber, x >= 0 { body = "+" + body }
    guard let width, body.count < width else { return body }
    let gap = width - body.count
    let left = align == "<" ? 0 : align == ">" ? gap : gap / 2
    return String(repeating: " ", count: left) + body + String(repeating: " ", count: gap - left)
  }
}

extension Function {
  /// Its definition as it is written, in the usual layout.
  fileprivate var written: String {
    let source = (syntax.name ?? "") + syntax.source
    let laidOut = (try? SourceFormat.formatted(source)) ?? source
    return laidOut.hasSuffix("\n") ? String(laidOut.dropLast()) : laidOut
  }
}
