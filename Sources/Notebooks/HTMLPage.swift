import Drawing
import Plots

/// A notebook as one HTML file: no script, nothing from elsewhere, light and dark as the reader likes.
package enum HTMLPage {
  package static func text(_ notebook: Notebook) -> String {
    let title = MarkdownHTML.escaped(notebook.title ?? "Notebook")
    let ledger = Ledger(notebook.ledger ?? "")
    var body = ""
    for (index, segment) in notebook.segments.enumerated() {
      switch segment.kind {
      case .text:
        var text = segment.body
        if index == 0, let end = FrontMatter.end(text) {
          text = String(decoding: Array(text.utf8)[end...], as: UTF8.self)
        }
        body += MarkdownHTML.html(text)
      case .code(let id, let flags):
        let code = "<pre class=\"code\">\(MarkdownHTML.escaped(segment.body))</pre>\n"
        let name = MarkdownHTML.escaped(id)
        let isFolded = flags.contains("hidden") || flags.contains("hint")
        body += "<section id=\"\(name)\">\n"
        body +=
          isFolded ? "<details><summary>\(name)</summary>\n\(code)</details>\n" : code
        body += "</section>\n"
      case .output(let id, _):
        body += output(segment.body)
        let runs = ledger.entries(of: id)
        if !runs.isEmpty { body += curves(runs) }
      case .expect(let id, _):
        body += "<pre class=\"expect\" title=\"expected of \(MarkdownHTML.escaped(id))\">"
        body += "\(MarkdownHTML.escaped(segment.body))</pre>\n"
      case .conflict:
        body += "<pre class=\"conflict\">\(MarkdownHTML.escaped(segment.body))</pre>\n"
      case .ledger: break
      }
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>\(style)</style>
      </head>
      <body>
      <main>
      \(body)</main>
      </body>
      </html>

      """
  }

  private static let style = """
    :root{--ground:#fff;--ink:#1d1f21;--code:#f3f4f6;--line:#c9ced6;--wrong:#b3261e}
    @media(prefers-color-scheme:dark){:root{--ground:#16181b;--ink:#e4e6ea;--code:#22262b;--line:#454b54;--wrong:#ff8a80}}
    body{background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif;margin:0}
    main{max-width:52rem;margin:0 auto;padding:1.5rem}
    pre,code{font-family:ui-monospace,monospace}pre{overflow-x:auto;line-height:1.3;padding:.6rem .8rem;margin:.5rem 0}
    code,.code{background:var(--code)}.code{border-left:3px solid var(--line)}
    .expect{border-left:3px solid var(--line)}.conflict{border-left:3px solid var(--wrong)}
    table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.2rem .6rem}
    svg{max-width:100%;height:auto;display:block;margin:.5rem 0}
    """

  /// Text as text; dots and blocks as a drawing, read out as what the text says.
  private static func output(_ body: String) -> String {
    let isDrawn = body.unicodeScalars.contains {
      (0x2800...0x28FF).contains($0.value) || (0x2580...0x259F).contains($0.value)
    }
    guard isDrawn else { return "<pre>\(MarkdownHTML.escaped(body))</pre>\n" }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let width = lines.map { line in line.reduce(0) { $0 + DisplayWidth.of($1) } }.max() ?? 0
    guard width <= 400, lines.count <= 2000 else {
      return "<pre>\(MarkdownHTML.escaped(body))</pre>\n"
    }
    var grid = Grid(width: width, height: lines.count)
    for (row, line) in lines.enumerated() { grid.write(line, column: 0, row: row) }
    let title = lines.first { $0.contains(where: \.isLetter) } ?? "a drawing"
    return grid.svg(title: title)
  }

  /// What runs recorded, one plot for each kind of number.
  private static func curves(_ runs: [Ledger.Entry]) -> String {
    SeriesPlots.of([("", runs)]).map { plot in
      plot.draw(width: 90, height: 14, depth: .palette).svg(title: plot.description)
    }.joined()
  }
}

/// Recorded series as plots: curves of one name share a plot.
enum SeriesPlots {
  static func of(_ pages: [(name: String, runs: [Ledger.Entry])]) -> [LinePlot] {
    var names: [String] = []
    for series in pages.flatMap(\.runs).flatMap(\.series) where !names.contains(series.name) {
      names.append(series.name)
    }
    return names.compactMap { name in
      let lines = pages.flatMap { page in
        page.runs.flatMap { run in
          run.series.filter {
            $0.name == name && $0.values.count > 1 && $0.steps.count == $0.values.count
          }
          .map { series in
            LinePlot.Line(
              page.name.isEmpty ? run.run : "\(page.name) \(run.run)",
              x: series.steps.map(Double.init),
              y: series.values.map(Double.init))
          }
        }
      }
      return lines.isEmpty ? nil : LinePlot(lines, title: name)
    }
  }
}
