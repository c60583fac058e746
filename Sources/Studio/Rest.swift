import Language
import Library

// What is worked out while nobody types.
extension StudioState {
  /// Says what is known of the word at the cursor, and asks for the shapes of its statement.
  package mutating func rest() -> [Effect] {
    if !pending.isEmpty { showsContinuations = true }
    isMarked = isModified
    guard case .edit = mode else { return [] }
    updateHint()
    findGhost()
    guard !isStranger, cell.isCode, cell.editor.version != shapesOf, cell.editor.count < 2000,
      cell.text.utf8.count < 20_000
    else { return [] }
    shapeLine = ""
    asksShapes(of: cell.editor.version)
    let request = completionRequest
    return [
      .readShapes(
        version: request.version, text: request.text, offset: request.offset, names: request.names)
    ]
  }

  mutating func updateHint() {
    hint = [shapeLine, wordHelp ?? ""].filter { !$0.isEmpty }.joined(separator: "   ")
  }
}

extension ShapeReading {
  /// What is known of the statement around an offset, on one line.
  static func line(of readings: [ShapeReading], at offset: Int) -> String {
    guard let reading = readings.last(where: { $0.span.start <= offset }) ?? readings.first else {
      return ""
    }
    if let diagnosis = reading.diagnosis {
      // A statement that is still being written is not a mistake.
      let isUnfinished = diagnosis.code == "syntax" || diagnosis.code.hasPrefix("syntax")
      return isUnfinished ? "" : "✗ \(diagnosis.message)"
    }
    if reading.text == "value" || reading.text.isEmpty { return "" }
    return reading.names.isEmpty
      ? "→ \(reading.text)" : "\(reading.names.joined(separator: ", ")): \(reading.text)"
  }
}
