import Vocabulary

/// A word written in the language itself: its page, and the lines that are the word.
///
/// The page is read from the `##` lines above the definition: the first is the summary, `name: …` tells
/// of an argument, `> …` is an example and `= …` what it prints.
package struct Definition: Sendable {
  package let entry: Entry
  package let source: String

  /// The definitions of a chapter, parted by empty lines.
  package static func chapter(_ family: String, _ text: String) -> [Definition] {
    text.split(separator: "\n\n").map { Definition(family: family, String($0)) }
  }

  init(family: String, _ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let head = lines.prefix { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
    source = lines.dropFirst(head.count).joined(separator: "\n")
    guard let program = try? Parser.program(source), program.count == 1,
      case .define(let name, let syntax) = program[0].kind
    else { preconditionFailure("the prelude holds what is no definition: \(source)") }
    var summaries: [String: String] = [:]
    var examples: [Example] = []
    for line in head.dropFirst() {
      if line.hasPrefix("> ") {
        examples.append(Example(String(line.dropFirst(2))))
      } else if line.hasPrefix("= "), let last = examples.popLast() {
        examples.append(Example(last.source, prints: String(line.dropFirst(2))))
      } else if let colon = line.firstRange(of: ": ") {
        summaries[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
      }
    }
    let bytes = Array(source.utf8)
    let arguments = syntax.parameters.map { parameter in
      Argument(
        parameter.name, .any, summaries[parameter.name] ?? "",
        default: parameter.standard.map {
          String(decoding: bytes[$0.span.start..<$0.span.end], as: UTF8.self)
        }, variadic: parameter.isRest)
    }
    entry = Entry(
      name, family: family, arguments, summary: head.first ?? "", examples: examples)
  }

  /// What `?name` shows.
  package var page: String { entry.reference + "\n\n" + source }
}
