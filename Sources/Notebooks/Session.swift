import Files
import Language
import Library
import Tensors
import Training

/// A notebook run from top to bottom: each cell sees exactly what the cells above it left.
package final class Session {
  package let notebook: Notebook
  private let interpreter = StandardLibrary.interpreter()
  private let folder: String
  private let interruption: Interruption
  private var names = Names()
  package private(set) var results: [CellResult] = []

  package init(_ notebook: Notebook, folder: String, interruption: Interruption = Interruption()) {
    self.notebook = notebook
    self.folder = folder
    self.interruption = interruption
  }

  /// Runs the code cells in order; stops after the first that fails. Recorded steering of cells that
  /// have not changed is repeated at its steps.
  package func runAll(upTo last: String? = nil, overrides: [String: String] = [:]) {
    let ledger = Ledger(notebook.ledger ?? "")
    var chain = SourceChain(seed: notebook.seed)
    var timed: Set<String> = []
    for at in notebook.cells {
      let segment = notebook.segments[at]
      guard case .code(let id, let flags) = segment.kind else { continue }
      let code = CellCode(segment.body)
      let src = chain.src(of: id, code)
      let known = notebook.output(of: id)?.info.contains("src=\(src)") ?? true
      let context = EvaluationContext(
        stream: CellEvaluation.stream(seed: notebook.seed, cell: id),
        interruption: interruption, folder: folder)
      if known {
        var number = 1
        while let entry = ledger["\(id).\(number)"] {
          context.recorded.append(entry.events)
          number += 1
        }
      }
      let outcome = CellEvaluation.run(
        segment.body, in: names, context, interpreter,
        overrides: flags.contains("params") ? overrides : [:])
      names = outcome.names
      let isTimed = context.hasReadClock || code.names.reads.contains { timed.contains($0) }
      for name in code.names.binds {
        if isTimed { timed.insert(name) } else { timed.remove(name) }
      }
      results.append(
        CellResult(
          id: id, line: segment.line, src: src, context: context, outcome: outcome,
          isTimed: isTimed))
      if outcome.error != nil || id == last { return }
    }
  }

  /// The names bound so far.
  package var boundNames: [String] { names.order }

  /// Whether a cell failed.
  package var hasFailed: Bool { results.contains { $0.error != nil } }

  /// Waits for every run.
  package func settle() {
    for result in results {
      for (_, run) in result.runs { try? run.job.wait { interruption.isRequested } }
    }
  }

  /// Keeps the runs in the user's archive.
  package func archive(as name: String) {
    for result in results {
      let at = notebook.cells.first { notebook.id(of: $0) == result.id }
      result.archive(notebook: name, source: at.map { notebook.segments[$0].body } ?? "")
    }
  }

  /// The notebook with these results in it. Cells that did not run keep what they had.
  package func written() -> Notebook {
    settle()
    var copy = notebook
    var ledger = Ledger()
    for result in results {
      let record = result.record(over: copy.output(of: result.id).map { ($0.info, $0.body) })
      copy.setOutput(of: result.id, info: record.info, body: record.body)
      ledger.entries += record.runs
    }
    copy.setLedger(ledger.text)
    return copy
  }
}
