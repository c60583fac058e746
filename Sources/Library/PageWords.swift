import Autograd
import Files
import Language
import Tensors
import Vocabulary

/// Words that look at programs themselves: other files, and the source that is being run.
extension StandardLibrary {
  static let pageWords: [Builtin] = [
    Builtin(
      Entry(
        "import", family: "Data", [Argument("path", .text, "A program or a notebook.")],
        summary: "The names that another program or notebook binds, as a record.",
        details: "It runs from top to bottom on a page of its own; what it shows is not shown.",
        examples: [Example("typeof(import)", prints: "function")])
    ) { call, interpreter in
      let path = try call.text("path")
      let file = try ReadablePath.of(path, folder: interpreter.context.folder)
      let full = file.full
      guard !interpreter.context.importing.contains(full), interpreter.context.importing.count < 16
      else { throw call.error("\(path) imports itself", at: "path") }
      let text = String(decoding: try file.read(), as: UTF8.self)
      let source = path.hasSuffix(".md") ? ProgramText.cells(of: text) : text
      let context = EvaluationContext(
        stream: interpreter.context.stream.split(), interruption: interpreter.context.interruption,
        folder: full.lastIndex(of: "/").map { String(full[..<$0]) } ?? ".")
      context.importing = interpreter.context.importing + [full]
      context.steps = interpreter.context.steps
      let names: Names
      do throws(LanguageError) {
        names = try StandardLibrary.interpreter().evaluate(source, in: Names(), context).names
      } catch {
        throw LanguageError(
          error.code, "in \(path): \(error.message)", at: call.span(of: "path"),
          details: error.details, hint: nil)
      }
      interpreter.context.started += context.started
      if context.hasTrainedQuietly { interpreter.context.hasTrainedQuietly = true }
      return names.exported
    },
    Builtin(
      Entry(
        "uses", family: "Checking",
        [Argument("name", .text, "A name or a word such as \"softmax\".")],
        summary: "Whether the program that is being run reads a name.",
        details: "For lessons: looks at names, not at texts or comments; `for` and `while` count.",
        examples: [
          Example("y = relu(1)\n(uses(\"relu\"), uses(\"tanh\"))", prints: "(true, false)")
        ])
    ) { call, interpreter in
      .boolean(interpreter.sourceUses(try call.text("name")))
    },
  ]
}

/// The program in a text that holds more than a program.
enum ProgramText {
  /// The code cells of a notebook, one below the other.
  static func cells(of notebook: String) -> String {
    var isCode = false
    var lines: [Substring] = []
    for line in notebook.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode =
          !isCode && line.dropFirst(3).hasPrefix("gradus")
          && !line.dropFirst(9).hasPrefix("-")
        continue
      }
      if isCode { lines.append(line) }
    }
    return lines.joined(separator: "\n")
  }
}
