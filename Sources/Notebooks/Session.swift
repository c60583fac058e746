import Files
import Language
import Library
import Tensors
import Training

/// A notebook run from top to bottom: each cell sees exactly what the cells above it left.
package final class Session {
  package struct CellResult {
    package let id: String
    package let line: Int
    package let src: String
    package let output: [OutputItem]
    /// Names the cell bound, with their values, in order.
    package let bound: [(name: String, value: Value)]
    package let runs: [(key: String, run: Run)]
    package let error: String?
    package let notes: [String]
    /// Whether the cell's values depend on a clock.
    package let isTimed: Bool

    /// The canonical text of everything shown; waits for the runs it shows.
    package var text: String {
      var parts = output.map { item in
        switch item {
        case .text(let text): text
        case .value(let value): value.text(width: 72)
        }
      }
      if let error { parts.append(error) }
      return parts.joined(separator: "\n")
    }

    /// A hash of what was shown and bound.
    package var val: String {
      var hasher = SHA256()
      for case .value(let value) in output { hasher.update(value) }
      for (name, value) in bound {
        hasher.update(name)
        hasher.update(value)
      }
      return hasher.finishShort()
    }
  }

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
    var sources: [String: String] = [:]
    var timed: Set<String> = []
    for at in notebook.cells {
      let segment = notebook.segments[at]
      guard case .code(let id, let flags) = segment.kind else { continue }
      let read = CellNames(of: segment.body)
      var hasher = SHA256()
      hasher.update("\(notebook.seed) \(id) \(normalisedSource(segment.body))")
      for name in read.reads.sorted() { if let source = sources[name] { hasher.update(source) } }
      let src = hasher.finishShort()
      let known = notebook.output(of: id)?.info.contains("src=\(src)") ?? true
      let context = EvaluationContext(
        stream: RandomStream(seed: notebook.seed, cell: Session.number(id)),
        interruption: interruption, folder: folder)
      if known {
        var number = 1
        while let entry = ledger["\(id).\(number)"] {
          context.recorded.append(entry.events)
          number += 1
        }
      }
      var error: String?
      var bound: [(name: String, value: Value)] = []
      var notes: [String] = []
      do {
        let evaluation = try interpreter.evaluate(segment.body, in: names, context)
        names = evaluation.names
        if flags.contains("params") {
          for (name, source) in overrides where evaluation.bound.contains(name) {
            let given = try interpreter.evaluate("\(name) = \(source)", in: names, context)
            names = given.names
          }
        }
        bound = evaluation.bound.compactMap { name in names[name].map { (name, $0) } }
        notes = evaluation.notes
      } catch let failure {
        error = failure.rendered(source: segment.body)
      }
      let isTimed = context.hasReadClock || read.reads.contains { timed.contains($0) }
      for name in read.binds {
        sources[name] = src
        if isTimed { timed.insert(name) } else { timed.remove(name) }
      }
      let runs = context.started.enumerated().compactMap { index, object in
        (object as? Run).map { (key: "\(id).\(index + 1)", run: $0) }
      }
      results.append(
        CellResult(
          id: id, line: segment.line, src: src, output: context.output, bound: bound, runs: runs,
          error: error, notes: notes, isTimed: isTimed))
      if error != nil || id == last { return }
    }
  }

  /// The names bound so far.
  package var boundNames: [String] { names.order }

  private static func number(_ id: String) -> UInt64 {
    id.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Whether a cell failed.
  package var hasFailed: Bool { results.contains { $0.error != nil } }

  /// Waits for every run.
  package func settle() {
    for result in results {
      for (_, run) in result.runs { try? run.job.wait { interruption.isRequested } }
    }
  }

  /// The notebook with these results in it. Cells that did not run keep what they had.
  package func written() -> Notebook {
    settle()
    var copy = notebook
    var ledger = Ledger()
    for result in results {
      let old = copy.output(of: result.id)
      var body = result.text
      var info = ["src=\(result.src)"]
      if result.isTimed {
        info.append("clock")
        // Times differ at each run; an unchanged cell keeps those it showed.
        if let old, old.info == info { body = old.body }
      } else {
        info.append("val=\(result.val)")
      }
      let isEmpty = result.output.isEmpty && result.error == nil
      copy.setOutput(of: result.id, info: info, body: isEmpty ? nil : body)
      for (key, run) in result.runs {
        ledger.entries.append(
          Ledger.Entry(run: key, series: run.job.series, events: run.job.events))
      }
    }
    copy.setLedger(ledger.text)
    return copy
  }
}
