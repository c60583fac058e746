/// What can be wrong with data that a user loads.
package enum DatasetError: Error, Sendable, Equatable {
  case ragged(file: String, line: Int, found: Int, expected: Int)
  case unclosedQuote(file: String, line: Int)
  case empty(file: String)
  case unknown(name: String, known: [String])
  case notFound(name: String)
  case badName(String)
  case unreadable(file: String, ending: String)

  package var message: String {
    switch self {
    case .ragged(let file, let line, let found, let expected):
      "\(file), line \(line): \(found) field\(found == 1 ? "" : "s"), the header has \(expected)"
    case .unclosedQuote(let file, let line): "\(file), line \(line): a quoted field does not end"
    case .empty(let file): "\(file) holds no rows"
    case .unknown(let name, _): "there is no data set called \"\(name)\""
    case .notFound(let name): "the files of the data set \"\(name)\" are not beside the program"
    case .badName(let path): "\(path) lies outside the folders that may be read"
    case .unreadable(let file, let ending): "\(file): files ending in .\(ending) are not read"
    }
  }

  package var hint: String? {
    switch self {
    case .ragged: "a field for every column, or quotes around a field that holds commas"
    case .unknown(_, let known): known.joined(separator: ", ")
    case .notFound: "GRADUS_DATASETS=FOLDER in the environment names the folder `datasets`"
    default: nil
    }
  }
}

/// A table of text fields with named columns.
package struct CSVTable: Sendable {
  package let columns: [String]
  package let rows: [[String]]

  /// Separated text (RFC 4180): quotes, doubled quotes, any line end. The first line is the header
  /// if none of its fields is a number, unless `header` says what it is.
  package init(
    _ text: String, file: String, separator: UInt8 = UInt8(ascii: ","), header: Bool? = nil
  ) throws(DatasetError) {
    var lines: [(number: Int, fields: [String])] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var line = 1
    var start = 1
    var hasField = false
    let bytes = Array(text.utf8)
    var at = text.utf8.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func endLine() {
      if hasField || !field.isEmpty || !fields.isEmpty {
        endField()
        lines.append((start, fields))
      }
      fields = []
      hasField = false
    }
    while at < bytes.count {
      let byte = bytes[at]
      if isQuoted {
        if byte == 34 {
          if at + 1 < bytes.count, bytes[at + 1] == 34 {
            field.append(34)
            at += 1
          } else {
            isQuoted = false
          }
        } else {
          if byte == 10 { line += 1 }
          field.append(byte)
        }
      } else if byte == 34, field.isEmpty {
        isQuoted = true
        hasField = true
      } else if byte == separator {
        hasField = true
        endField()
      } else if byte == 10 || byte == 13 {
        if byte == 13, at + 1 < bytes.count, bytes[at + 1] == 10 { at += 1 }
        endLine()
        line += 1
        start = line
      } else {
        hasField = true
        field.append(byte)
      }
      at += 1
    }
    if isQuoted { throw .unclosedQuote(file: file, line: start) }
    endLine()
    guard let first = lines.first else { throw .empty(file: file) }
    for entry in lines where entry.fields.count != first.fields.count {
      throw .ragged(
        file: file, line: entry.number, found: entry.fields.count, expected: first.fields.count)
    }
    let isHeader = header ?? !first.fields.contains { CSVTable.number($0)?.isNaN == false }
    columns = isHeader ? first.fields.map(CSVTable.trimmed) : first.fields.indices.map { "c\($0)" }
    rows = lines.dropFirst(isHeader ? 1 : 0).map(\.fields)
    if rows.isEmpty { throw .empty(file: file) }
  }

  static func trimmed(_ text: String) -> String {
    let blank = { (c: Character) in c == " " || c == "\t" }
    return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
  }

  /// A field as a number: nan when it is missing, nil when it is a text.
  package static func number(_ field: String) -> Double? {
    let text = trimmed(field)
    if ["", "NA", "NaN", "nan", "?", "null"].contains(text) { return .nan }
    return Double(text)
  }

  /// A column as numbers; nil when some field is a text.
  package func numbers(_ column: Int) -> [Double]? {
    var result: [Double] = []
    result.reserveCapacity(rows.count)
    for row in rows {
      guard let value = CSVTable.number(row[column]) else { return nil }
      result.append(value)
    }
    return result
  }
}
