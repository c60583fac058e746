/// A JSON value; numbers written without point or exponent stay whole, fields keep their order.
package indirect enum JSON: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([Field])

  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: JSON
    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  package subscript(name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var integer: Int? { if case .integer(let n) = self { n } else { nil } }
  package var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
  package var list: [JSON]? { if case .list(let items) = self { items } else { nil } }
  package var fields: [Field]? { if case .object(let fields) = self { fields } else { nil } }
  package var number: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .number(let x): x
    default: nil
    }
  }

  /// Reads one value that fills the bytes (white space around it is allowed).
  package init(parsing bytes: some Collection<UInt8>) throws(FormatError) {
    var reader = JSONReader(bytes: Array(bytes))
    self = try reader.document()
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var at = 0
  private static let deepest = 128

  func wrong(_ reason: String) -> FormatError {
    .malformed(format: "JSON", reason: "\(reason) (byte \(at))")
  }

  mutating func document() throws(FormatError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    if at != bytes.count { throw wrong("something follows the value") }
    return value
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if at < bytes.count, bytes[at] == byte {
      at += 1
      return true
    }
    return false
  }

  private mutating func value(depth: Int) throws(FormatError) -> JSON {
    if depth > Self.deepest { throw wrong("nested too deeply") }
    skipSpace()
    guard at < bytes.count else { throw wrong("a value is missing") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(FormatError) -> JSON {
    let letters = Array("\(word)".utf8)
    guard at + letters.count <= bytes.count, Array(bytes[at..<at + letters.count]) == letters else {
      throw wrong("an unknown word")
    }
    at += letters.count
    return value
  }

  private mutating func list(_ depth: Int) throws(FormatError) -> JSON {
    at += 1
    var items: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .list(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "]")) { return .list(items) }
      throw wrong("a list without an end")
    }
  }

  private mutating func object(_ depth: Int) throws(FormatError) -> JSON {
    at += 1
    var fields: [JSON.Field] = []
    var seen: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(fields) }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
        throw wrong("a name is missing")
      }
      let name = try string()
      guard seen.insert(name).inserted else { throw wrong("the name \(name) stands twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw wrong("a colon is missing") }
      fields.append(JSON.Field(name, try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      if take(UInt8(ascii: "}")) { return .object(fields) }
      throw wrong("an object without an end")
    }
  }

  private mutating func number() throws(FormatError) -> JSON {
    let start = at
    var isWhole = true
    while at < bytes.count {
      let byte = bytes[at]
      let isDigit = byte >= 0x30 && byte <= 0x39
      if !isDigit {
        guard [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) else { break }
        if byte != 0x2D || at != start { isWhole = false }
      }
      at += 1
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let n = Int(text) { return .integer(n) }
    guard text.first != "+", let x = Double(text), x.isFinite else {
      at = start
      throw wrong("this is no value")
    }
    return .number(x)
  }

  private mutating func string() throws(FormatError) -> String {
    at += 1
    var out: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw wrong("not UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw wrong("a control character in a text")
      default: out.append(byte)
      }
    }
    throw wrong("a text without an end")
  }

  private mutating func escape(into out: inout [UInt8]) throws(FormatError) {
    guard at < bytes.count else { throw wrong("a text without an end") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hex()
      if code >= 0xD800, code < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try hex()
        guard low >= 0xDC00, low < 0xE000 else { throw wrong("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw wrong("half a surrogate pair") }
      out += Array(String(Character(scalar)).utf8)
    default: throw wrong("an unknown escape")
    }
  }

  private mutating func hex() throws(FormatError) -> UInt32 {
    guard at + 4 <= bytes.count else { throw wrong("a text without an end") }
    var code: UInt32 = 0
    for byte in bytes[at..<at + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw wrong("four hexadecimal digits should follow \\u")
      }
      code = code << 4 + UInt32(digit)
    }
    at += 4
    return code
  }
}

extension JSON {
  /// Compact text; numbers that are not finite become null.
  package var written: String {
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let n): return "\(n)"
    case .number(let x): return x.isFinite ? "\(x)" : "null"
    case .text(let text): return JSON.quoted(text)
    case .list(let items): return "[" + items.map(\.written).joined(separator: ",") + "]"
    case .object(let fields):
      return "{"
        + fields.map { JSON.quoted($0.name) + ":" + $0.value.written }.joined(separator: ",") + "}"
    }
  }

  /// A text between quotation marks, control characters escaped (RFC 8259).
  package static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
