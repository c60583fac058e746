import Language
import Library
import Tensors

/// What an input reaches: the mistake that is told of it, and which signs follow each other in it.
package struct ProgramFeatures {
  private let names: Names

  package init() {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    let result = try? StandardLibrary.interpreter().evaluate(
      ProgramGenerator.prologue, in: Names(), context)
    names = result?.names ?? Names()
  }

  package func of(_ source: String) -> Set<String> {
    var found: Set<String> = []
    let pieces = Self.pieces(of: source)
    for index in pieces.indices.dropLast(2) {
      found.insert(pieces[index..<(index + 3)].joined(separator: " "))
    }
    let interpreter = StandardLibrary.interpreter()
    interpreter.outlineRule = nil
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    context.steps = ProgramCheck.steps
    do {
      _ = try interpreter.evaluate(source, in: names, context)
      // Signs that are only read say less than those that run.
      return Set(found.map { "runs " + $0 })
    } catch {
      found.insert(error.code + ": " + Self.template(error.message))
      return found
    }
  }

  /// A sentence without what is the user's in it.
  private static func template(_ message: String) -> String {
    var result = ""
    var isQuoted = false
    for character in message {
      if character == "`" || character == "\"" { isQuoted.toggle() }
      if !isQuoted, !character.isNumber, character != "-", character != "," {
        result.append(character)
      }
    }
    return result
  }

  private static let kept: Set<String> = [
    "if", "else", "for", "in", "while", "break", "continue", "return", "and", "or", "not", "true",
    "false", "none", "try",
  ]

  /// The signs of a text: names and numbers are alike, whatever they are.
  private static func pieces(of source: String) -> [String] {
    var result: [String] = []
    var word = ""
    func isPart(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
    for character in source + "\n" {
      if isPart(character) {
        word.append(character)
        continue
      }
      if !word.isEmpty {
        result.append(
          kept.contains(word) ? word : word.first?.isNumber == true ? "0" : "n")
        word = ""
      }
      if character != " " { result.append(String(character)) }
    }
    return result
  }
}
