import Autograd
import Language
import Library
import Tensors

/// Results for other programs, as JSON (RFC 8259): what each cell showed, the names at the end, and the
/// recorded series of every run.
package enum ResultsJSON {
  /// Tensors up to so many elements are written out; of larger ones the shape is.
  private static let elementLimit = 1000

  package static func text(_ session: Session) -> String {
    var names: [String] = []
    var values: [String: Value] = [:]
    for (name, value) in session.results.flatMap(\.bound) {
      if values.updateValue(value, forKey: name) == nil { names.append(name) }
    }
    let cells = session.results.map { result in
      var fields = [("id", quoted(result.id)), ("output", quoted(result.text))]
      if result.error != nil { fields.append(("failed", "true")) }
      return object(fields)
    }
    let runs = session.results.flatMap(\.runs).map { key, run in
      object([
        ("run", quoted(key)), ("status", quoted(run.job.status.word)),
        ("steps", "\(run.job.step)"),
        (
          "series",
          object(
            run.job.series.map { series in
              (
                series.name,
                object([
                  ("steps", list(series.steps.map { "\($0)" })),
                  ("values", list(series.values.map { number(Double($0)) })),
                ])
              )
            })
        ),
      ])
    }
    let expectations = session.expectations.map { expectation in
      object([
        ("cell", quoted(expectation.id)), ("holds", "\(expectation.problem == nil)"),
      ])
    }
    return object([
      ("cells", list(cells)), ("expectations", list(expectations)),
      ("names", object(names.map { ($0, json(values[$0] ?? .none)) })),
      ("runs", list(runs)),
    ])
  }

  static func json(_ value: Value) -> String {
    switch value {
    case .none: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let n): return "\(n)"
    case .number(let x): return number(x)
    case .text(let text): return quoted(text)
    case .tensor(let x), .parameter(let x): return json(x.value)
    case .list(let items): return list(items.map { json($0) })
    case .record(let record):
      let isNamed = record.fields.contains { $0.name != nil }
      return isNamed
        ? object(zip(record.names, record.fields).map { ($0, json($1.value)) })
        : list(record.fields.map { json($0.value) })
    case .range, .function, .builtin, .object:
      return object([("kind", quoted(value.kindName)), ("text", quoted(value.text(width: 72)))])
    }
  }

  private static func json(_ x: Tensor) -> String {
    var fields = [
      ("dtype", quoted(x.dtype.name)), ("shape", list(x.dims.map { "\($0)" })),
    ]
    if x.shape.count <= elementLimit {
      let elements: [String]
      switch x.dtype {
      case .bool: elements = x.array(of: Double.self).map { $0 != 0 ? "true" : "false" }
      case .int8, .int64: elements = (0..<x.shape.count).map { "\(x.integer(at: $0))" }
      case .float16, .bfloat16, .float32:
        elements = x.array(of: Double.self).map { number(Double(Float($0)), single: true) }
      case .float64: elements = x.array(of: Double.self).map { number($0) }
      }
      fields.append(("data", list(elements)))
    }
    return object(fields)
  }

  /// JSON knows no infinities: what is not finite is written as a text.
  private static func number(_ x: Double, single: Bool = false) -> String {
    guard x.isFinite else { return quoted(x.isNaN ? "nan" : x > 0 ? "inf" : "-inf") }
    if x == x.rounded(), abs(x) < 1e15 { return x.sign == .minus && x == 0 ? "-0.0" : "\(Int(x))" }
    return single ? "\(Float(x))" : "\(x)"
  }

  private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { quoted($0) + ":" + $1 }.joined(separator: ",") + "}"
  }

  /// Control and direction characters, which a terminal would obey.
  private static func isUnseen(_ value: UInt32) -> Bool {
    switch value {
    case 0..<32, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if isUnseen(scalar.value) {
          // As in UTF-16: a pair for what lies beyond four digits.
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
