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
  /// What was expected of the cells that ran.
  package private(set) var expectations: [Expectation] = []

  package init(_ notebook: Notebook, folder: String, interruption: Interruption = Interruption()) {
    self.notebook = notebook
    self.folder = folder
    self.interruption = interruption
  }

  /// Flags of cells that only run where somebody asks for them.
  private static let restingFlags: Set<String> = ["frozen", "hint"]

  /// Runs the code cells in order, and what is expected of them; stops after the first that fails.
  /// Recorded steering of cells that have not changed is repeated at its steps.
  package func runAll(upTo last: String? = nil, overrides: [String: String] = [:]) {
    let ledger = Ledger(notebook.ledger ?? "")
    let outputs = notebook.outputs
    var chain = SourceChain(seed: notebook.seed)
    var timed: Set<String> = []
    for segment in notebook.segments {
      if case .expect(let id, _) = segment.kind, results.contains(where: { $0.id == id }) {
        expectations.append(
          Expectation(
            of: id, segment, in: names, interpreter,
            EvaluationContext(
              stream: CellEvaluation.stream(seed: notebook.seed, cell: id + " expect"),
              interruption: interruption, folder: folder)))
      }
      guard case .code(let id, let flags) = segment.kind, results.last?.id != last || last == nil,
        Session.restingFlags.isDisjoint(with: flags)
      else { continue }
      let code = CellCode(segment.body)
      let src = chain.src(of: id, code)
      let known = outputs[id]?.info.contains("src=\(src)") ?? true
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
      if outcome.error != nil { return }
    }
  }

  /// The names bound so far.
  package var boundNames: [String] { names.order }

  /// Whether a cell failed, or gave what was not expected.
  package var hasFailed: Bool { results.contains { $0.error != nil } || !unmet.isEmpty }

  /// What was expected and does not hold.
  package var unmet: [Expectation] { expectations.filter { $0.problem != nil } }

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
    var ledger = Ledger(copy.ledger ?? "")
    let outputs = notebook.outputs
    let records = Dictionary(
      results.map { ($0.id, $0.record(over: outputs[$0.id].map { ($0.info, $0.body) })) }
    ) { first, _ in first }
    var entries: [Ledger.Entry] = []
    for id in notebook.cells.map({ notebook.id(of: $0) }) {
      if let record = records[id] {
        copy.setOutput(of: id, info: record.info, body: record.body)
        entries += record.runs
      } else {
        entries += ledger.entries(of: id)
      }
    }
    ledger.entries = entries
    copy.setLedger(ledger.text)
    return copy
  }
}
