/// The header of a .npy file: a Python dictionary with exactly three keys.
struct NumPyHeader {
  private(set) var descr = ""
  private(set) var isFortran = false
  private(set) var shape: [Int] = []

  init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
    var parser = HeaderParser(bytes)
    try parser.expect("{")
    var keys: [String] = []
    while !parser.accepts("}") {
      let key = try parser.text()
      guard !keys.contains(key) else { throw HeaderParser.wrong("the key '\(key)' appears twice") }
      keys.append(key)
      try parser.expect(":")
      switch key {
      case "descr":
        guard parser.isText else {
          throw .unsupported(format: "npy", reason: "it holds records with several fields")
        }
        descr = try parser.text()
      case "fortran_order": isFortran = try parser.truth()
      case "shape": shape = try parser.sizes()
      default: throw HeaderParser.wrong("the key '\(key)' is unknown")
      }
      if !parser.accepts(",") {
        try parser.expect("}")
        break
      }
    }
    guard keys.count == 3 else {
      throw HeaderParser.wrong("it needs the keys descr, fortran_order and shape")
    }
    guard parser.isAtEnd else { throw HeaderParser.wrong("something follows the dictionary") }
  }
}

/// Reads the little of Python's notation that .npy headers use.
private struct HeaderParser {
  private let bytes: ArraySlice<UInt8>
  private var at: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  static func wrong(_ reason: String) -> FormatError {
    .malformed(format: "npy", reason: "its header is wrong: " + reason)
  }

  private mutating func skipBlanks() {
    while at < bytes.endIndex, [9, 10, 13, 32].contains(bytes[at]) { at += 1 }
  }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return at == bytes.endIndex
    }
  }

  var isText: Bool {
    mutating get {
      skipBlanks()
      return at < bytes.endIndex && (bytes[at] == 39 || bytes[at] == 34)
    }
  }

  mutating func accepts(_ sign: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard at < bytes.endIndex, UInt32(bytes[at]) == sign.value else { return false }
    at += 1
    return true
  }

  mutating func expect(_ sign: Unicode.Scalar) throws(FormatError) {
    if !accepts(sign) { throw Self.wrong("`\(sign)` is missing") }
  }

  mutating func text() throws(FormatError) -> String {
    guard isText else { throw Self.wrong("a quoted text is missing") }
    let quote = bytes[at]
    guard let end = bytes[(at + 1)...].firstIndex(of: quote) else {
      throw Self.wrong("a quoted text does not end")
    }
    defer { at = end + 1 }
    return String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
  }

  private mutating func word() -> String {
    skipBlanks()
    let start = at
    while at < bytes.endIndex, bytes[at] >= 48, bytes[at] != 58, bytes[at] < 123 { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  mutating func truth() throws(FormatError) -> Bool {
    switch word() {
    case "True": return true
    case "False": return false
    case let found: throw Self.wrong("fortran_order is '\(found)', not True or False")
    }
  }

  mutating func sizes() throws(FormatError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !accepts(")") {
      var digits = word()
      // Python 2 wrote long integers with an L.
      if digits.hasSuffix("L") { digits.removeLast() }
      guard let size = Int(digits), size >= 0 else { throw Self.wrong("a size is not a number") }
      sizes.append(size)
      guard sizes.count <= 64 else { throw Self.wrong("it has more than 64 axes") }
      if !accepts(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
