import Archives
import Files
import Language
import Library
import Training

/// What one cell gave.
package struct CellResult: Sendable {
  package let id: String
  package let line: Int
  package let src: String
  package let output: [OutputItem]
  /// Names the cell bound, with their values, in order.
  package let bound: [(name: String, value: Value)]
  package let runs: [(key: String, run: Run)]
  package let error: String?
  /// The cell with the change that its mistake offers.
  package let change: String?
  package let notes: [String]
  /// Whether the cell's values depend on a clock.
  package let isTimed: Bool

  package init(
    id: String, line: Int, src: String, context: EvaluationContext, outcome: CellEvaluation,
    isTimed: Bool
  ) {
    self.id = id
    self.line = line
    self.src = src
    self.isTimed = isTimed
    output = context.output
    bound = outcome.bound
    error = outcome.error
    change = outcome.change
    notes = outcome.notes
    runs = context.started.enumerated().compactMap { index, object in
      (object as? Run).map { (key: "\(id).\(index + 1)", run: $0) }
    }
  }

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

  /// What of it is written into the file, given what the file has; waits for its runs.
  package func record(over old: (info: [String], body: String)?) -> CellRecord {
    for (_, run) in runs { try? run.job.wait { false } }
    var body = text
    var info = ["src=\(src)"]
    if isTimed {
      info.append("clock")
      // Times differ at each run; an unchanged cell keeps those it showed.
      if let old, old.info == info { body = old.body }
    } else {
      info.append("val=\(val)")
    }
    return CellRecord(
      info: info, body: output.isEmpty && error == nil ? nil : body,
      runs: runs.map { key, run in
        Ledger.Entry(run: key, series: run.job.series, events: run.job.events)
      })
  }
}

extension CellResult {
  /// Keeps the runs of the cell, which have ended, in the user's archive; a failure of the archive is
  /// no failure of the notebook.
  package func archive(notebook: String, source: String) {
    let trainings = runs.map(\.run).filter { $0.job.step > 0 && $0.job.totalSteps > 1 }
    guard !trainings.isEmpty, let path = RunArchive.standardPath else { return }
    try? RunArchive(path).add(
      trainings.map { $0.archived(notebook: notebook, cell: id, source: source) })
  }
}

/// What the file keeps of a cell's result.
package struct CellRecord: Sendable {
  /// The words of the output's fence.
  package let info: [String]
  package let body: String?
  package let runs: [Ledger.Entry]
}
