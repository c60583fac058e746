/// What can be wrong with the bytes of a file.
package enum FormatError: Error, Sendable, Equatable {
  /// The bytes break the rules of the format, at a byte when that is known.
  case malformed(format: String, reason: String, at: Int? = nil)
  /// The bytes are right, but hold something that is not read here.
  case unsupported(format: String, reason: String)
  /// More was declared than the file holds.
  case truncated(format: String, needed: Int, found: Int)

  /// One sentence: what was found and what was expected.
  package var message: String {
    switch self {
    case .malformed(let format, let reason, let at):
      "this \(format) file is damaged: \(reason)" + (at.map { " (byte \($0))" } ?? "")
    case .unsupported(let format, let reason): "this \(format) file cannot be read: \(reason)"
    case .truncated(let format, let needed, let found):
      "this \(format) file ends early: \(needed) bytes are declared, \(found) are there"
    }
  }

  package var hint: String? {
    switch self {
    case .malformed, .truncated: "a fresh copy of the file"
    case .unsupported: nil
    }
  }
}
