/// Notebooks and nearly notebooks, the same for the same seed.
package struct NotebookGenerator {
  private var changes: ByteChanges

  package init(seed: Int) { changes = ByteChanges(seed: seed) }

  private mutating func roll(_ bound: Int) -> Int { changes.roll(bound) }
  private mutating func pick(_ all: [String]) -> String { all[roll(all.count)] }

  /// Every second one is well formed; others have lines of all kinds in any order, wrong bytes, CRLF.
  package mutating func notebook() -> [UInt8] {
    var text =
      roll(3) > 0
      ? "---\ngradus: \(1 + roll(8) / 7)\ntitle: é \(roll(9))\nseed: 7\nown: x\n---\n" : ""
    var bytes: [UInt8]
    if roll(2) == 0 {
      for number in 0..<roll(8) { text += part(number) }
      if roll(2) == 0 { text += ledger() }
      bytes = Array(text.utf8)
    } else {
      bytes = Array(text.utf8)
      for _ in 0..<roll(24) {
        bytes += Array(pick(Self.lines).utf8)
        if roll(40) == 0 { bytes.append(0xFF) }
        bytes += roll(12) == 0 ? [13, 10] : [10]
      }
    }
    if roll(12) == 0 { bytes = changes.changed(bytes, with: bytes) }
    if roll(8) == 0, bytes.last == 10 { bytes.removeLast() }
    return bytes
  }

  private mutating func part(_ number: Int) -> String {
    let id = pick(["", " #c\(number)", " #c\(roll(3))", " #data-\(number)"])
    let gap = pick(["", "\n", "\n", "\n\n"])
    switch roll(7) {
    case 0, 1: return gap + pick(Self.texts) + "\n"
    case 2: return gap + "````other\n```gradus #no\n````\n"
    case 3:
      let rows = pick([
        "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", "~~~\n```\n~~~\n",
        "<!-- cell #t\(number) -->\nx\n",
      ])
      return gap + rows
    default:
      let flags = pick(["", "", " params", " once hidden", " frozen", " hint=2 unknown"])
      let body = pick(["x = \(roll(99))\n", "", "y\n\n\nz\n", "\"```\" # é\u{202E}\n", "a  \t\n"])
      let fence = body.contains("```") ? "````" : "```"
      var text = "\(gap)\(fence)gradus\(id)\(flags)\n\(body)\(fence)\n"
      if roll(2) == 0 {
        text +=
          "```out\(id) src=\(roll(9999)) val=12ab\n\(pick(["4\n", "a\n\nb\n", "", "  1 2\n"]))```\n"
      }
      if roll(4) == 0 { text += "\n```expect\(id)\nx > \(roll(9))\n```\n" }
      return text
    }
  }

  private mutating func ledger() -> String {
    var text = "\n<!-- gradus:ledger  machine-written, do not edit by hand -->\n"
    text += "<details><summary>recorded series</summary>\n\n"
    for run in 0..<roll(3) {
      // The sum of these numbers, or another one.
      let sum = roll(3) > 0 ? "76102e53" : "9e3ad1b8"
      text +=
        "```series c\(run).1 sum=\(sum)\n\"loss\" 2\nsteps 1..2\nf32 b64 AACAPwAAAEA=\n```\n"
    }
    if roll(3) == 0 { text += "```carry\n{\"id\": \"c1\", \"x\": [1]}\n```\n" }
    return text + "\n</details>\n"
  }

  private static let texts = [
    "# Title", "text  ", "\n\n", "- a\n- b\n\n  c", "| a | b |\n|---|---|", "é ü 漢字",
    "```python\nx\n```",
    "<b>html</b>", "    indented", "\ttab",
  ]
  private static let lines =
    texts + [
      "```gradus #a", "```gradus #b2 once", "````gradus #a params x=1", "```", "````", "`````",
      "~~~",
      "   ```", "```out #a src=1 val=2", "```out #zz", "```expect #a", "<<<<<<< ours", "=======",
      ">>>>>>> theirs", "||||||| base", "<!-- gradus:ledger x -->", "</details>", "---", "x = 1",
      "",
      "```series a.1 sum=00", "\"loss\" 3", "steps 1..3", "f32 b64 AAAA", "event 3 set lr=0.1",
      "<!-- cell #t1 -->", "```python", "gradus: 1", "seed: 99999999999999999999999",
    ]
}
