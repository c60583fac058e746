import Formats

/// Jupyter notebooks of version 4.5, the same for the same seed.
package struct JupyterGenerator {
  private var changes: ByteChanges

  package init(seed: Int) { changes = ByteChanges(seed: seed &+ 77) }

  private mutating func roll(_ bound: Int) -> Int { changes.roll(bound) }
  private mutating func pick(_ all: [String]) -> String { all[roll(all.count)] }

  package mutating func notebook() -> JSON {
    let isOwn = roll(2) == 0
    var metadata: [JSON.Field] = []
    if isOwn || roll(2) == 0 {
      let name = isOwn ? "gradus" : "python3"
      metadata.append(
        JSON.Field(
          "kernelspec",
          .object([JSON.Field("name", .text(name)), JSON.Field("display_name", .text(name))])))
    }
    if roll(3) == 0 { metadata.append(JSON.Field("authors", .list([.text("é")]))) }
    let cells = (0..<roll(7)).map { cell($0) }
    return .object([
      JSON.Field("cells", .list(cells)), JSON.Field("metadata", .object(metadata)),
      JSON.Field("nbformat", .integer(4)), JSON.Field("nbformat_minor", .integer(5)),
    ])
  }

  private mutating func cell(_ number: Int) -> JSON {
    let type = pick(["code", "code", "markdown", "markdown", "raw"])
    let id = pick(["c\(number)", "text-\(number)", "A-_\(number)", "x\(number)"])
    let source = pick([
      "", "x = 1", "# T\n\ntext", "\n\nblank", "end\n", "```gradus #a\n1\n```", "```\nopen",
      "---\na: 1\n---",
      "<!-- cell #c1 -->", "<<<<<<< o\n1", "<!-- gradus:ledger", "tab\t\r\né", "   ", "``` \n~~~~",
      "a `b` ```",
    ])
    var metadata: [JSON.Field] = []
    if roll(3) == 0 {
      let tags = (0..<roll(3)).map { _ in
        JSON.text(pick(["parameters", "params", "once", "a b", "#x", ""]))
      }
      metadata.append(JSON.Field("tags", .list(tags)))
    }
    if roll(4) == 0 { metadata.append(JSON.Field("collapsed", .boolean(roll(2) == 0))) }
    if roll(9) == 0 {
      metadata.append(JSON.Field("gradus", .object([JSON.Field("raw", .text("x"))])))
    }
    var fields = [
      JSON.Field("cell_type", .text(type)), JSON.Field("id", .text(id)),
      JSON.Field("metadata", .object(metadata)), JSON.Field("source", lines(source)),
    ]
    if type == "code" {
      fields.append(JSON.Field("execution_count", roll(2) == 0 ? .null : .integer(roll(99))))
      fields.append(JSON.Field("outputs", .list((0..<roll(3)).map { _ in output() })))
    } else if roll(4) == 0 {
      let data = JSON.object([JSON.Field("image/png", .text("iVBORw0KGgo="))])
      fields.append(JSON.Field("attachments", .object([JSON.Field("a.png", data)])))
    }
    return .object(fields)
  }

  private mutating func output() -> JSON {
    switch roll(3) {
    case 0:
      return .object([
        JSON.Field("output_type", .text("stream")), JSON.Field("name", .text("stdout")),
        JSON.Field("text", lines(pick(["a\nb\n", "", "x"]))),
      ])
    case 1:
      return .object([
        JSON.Field("output_type", .text("error")), JSON.Field("ename", .text("E")),
        JSON.Field("evalue", .text("v")), JSON.Field("traceback", .list([.text("t")])),
      ])
    default:
      return .object([
        JSON.Field("output_type", .text("display_data")), JSON.Field("metadata", .object([])),
        JSON.Field(
          "data",
          .object([
            JSON.Field("text/plain", lines(pick(["1", "a\nb"]))),
            JSON.Field(
              "application/json", .object([JSON.Field("k", .list([.null, .number(1.5)]))])),
          ])),
      ])
    }
  }

  private func lines(_ text: String) -> JSON {
    var lines: [[UInt8]] = [[]]
    for byte in text.utf8 {
      lines[lines.count - 1].append(byte)
      if byte == 10 { lines.append([]) }
    }
    return .list(
      lines.filter { !$0.isEmpty }.map { .text(String(decoding: $0, as: UTF8.self)) })
  }
}
