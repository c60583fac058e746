import Drawing
import Library
import Tensors

/// What is shown as plain words: nothing that a screen reader would spell.
enum PlainText {
  /// A line without escape sequences and without characters that draw.
  static func of(_ line: String) -> String {
    let shown = Sanitize.text(line)
    guard shown.unicodeScalars.contains(where: draws) else { return shown }
    var text = ""
    var isGap = false
    for scalar in shown.unicodeScalars {
      if draws(scalar) {
        isGap = true
      } else {
        if isGap, !text.isEmpty, text.last != " ", scalar != " " { text += " " }
        isGap = false
        if !(scalar == " " && (text.last == " " || text.isEmpty)) {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Lines, blocks, shades, marks and braille.
  private static func draws(_ scalar: Unicode.Scalar) -> Bool {
    (0x2500...0x25FF).contains(scalar.value) || (0x2800...0x28FF).contains(scalar.value)
  }

  /// What a cell shows, each plot as its sentence.
  static func output(of cell: StudioCell) -> [String] {
    guard let evaluated = cell.evaluated else {
      return cell.isCode ? lines(cell.drawn.lines) : []
    }
    let shown = evaluated.blocks.flatMap { block -> [String] in
      switch block {
      case .lines(let text): lines(text)
      case .picture(let plot): [of(plot.picture.description)]
      case .live(let value, let runs):
        runs.map(progress) + lines(OutputBlock.split(value.text(width: 72)))
      }
    }
    return shown + lines(cell.errorLines)
  }

  /// Lines of which something is left.
  private static func lines(_ all: [String]) -> [String] {
    all.compactMap { line in
      let text = of(line)
      return text.isEmpty && !line.isEmpty ? nil : text
    }
  }

  /// How far a training is, in words.
  static func progress(of run: Run) -> String {
    let job = run.job
    let line = ProgressLine(job)
    var text = "\(job.status.word), step \(line.step) of \(line.total)"
    if line.total > 0 { text += ", \(100 * line.step / line.total) percent" }
    if let loss = line.loss { text += ", \(line.name) \(shortNumber(Double(loss), digits: 3))" }
    return text
  }
}
