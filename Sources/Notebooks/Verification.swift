import Files
import Training

/// What a notebook recorded against what it gives when it is run again.
package struct Verification {
  package let cells: Int
  package let runs: Int
  /// Each names the cell, and for a run its first step that differs.
  package let differences: [String]
  package let timedCells: Int
  /// A hash of everything that was found: sources, values, texts and every step of every run. Whoever
  /// runs the same notebook gets the same.
  package let certificate: String

  /// Runs the notebook and compares every recorded text, value and series bit for bit, or within some
  /// units in the last place of the recorded numbers.
  package init(
    _ notebook: Notebook, folder: String, overrides: [String: String] = [:], tolerance: Int = 0
  ) {
    let session = Session(notebook, folder: folder)
    session.runAll(overrides: overrides)
    session.settle()
    self.init(notebook, replayedBy: session, tolerance: tolerance)
  }

  /// Compares what a notebook recorded with a session that ran it, or another of the same `replay`.
  package init(_ notebook: Notebook, replayedBy session: Session, tolerance: Int = 0) {
    let ledger = Ledger(notebook.ledger ?? "")
    let outputs = notebook.outputs
    let ladder = Ladder(tolerance: tolerance)
    var hasher = SHA256()
    var found = notebook.problems.filter { !$0.message.contains("#") }.map {
      "line \($0.line): \($0.message)"
    }
    var runKeys: Set<String> = []
    for result in session.results {
      let place = "cell #\(result.id) (line \(result.line))"
      if let error = result.error { found.append("\(place) failed: \(error)") }
      hasher.update(result.src)
      if let recorded = outputs[result.id] {
        if let difference = ladder.difference(of: result, recorded) {
          found.append("\(place): \(difference)")
        }
      } else if !result.output.isEmpty {
        found.append("\(place): nothing was recorded for it")
      }
      if !result.isTimed {
        hasher.update(result.text)
        hasher.update(result.val)
      }
      for (key, run) in result.runs {
        runKeys.insert(key)
        hasher.update(Ledger.Entry(run: key, series: run.job.series, events: run.job.events))
        guard let recorded = ledger[key] else {
          found.append("\(place): its run \(key) was not recorded")
          continue
        }
        if let difference = ladder.difference(of: recorded, run.job) {
          found.append("\(place), run \(key): \(difference)")
        }
      }
    }
    let ran = Set(session.results.map(\.id))
    for entry in ledger.entries where !runKeys.contains(entry.run) {
      let cell = entry.run.lastIndex(of: ".").map { String(entry.run[..<$0]) } ?? entry.run
      let isKnown = notebook.cells.contains { notebook.id(of: $0) == cell }
      if ran.contains(cell) || !isKnown {
        found.append("the ledger has a run \(entry.run) that no cell starts")
      }
    }
    for unmet in session.unmet {
      found.append(
        "what is expected of cell #\(unmet.id) (line \(unmet.line)): \(unmet.problem ?? "")")
    }
    cells = session.results.count
    runs = runKeys.count
    differences = found
    timedCells = session.results.count { $0.isTimed }
    certificate = hasher.finishText(bytes: 16)
  }

  /// Everything of a notebook on which depends what running it again gives: all but the outputs and the
  /// series that it recorded.
  package static func replay(of notebook: Notebook) -> [UInt8] {
    var bare = notebook
    for id in notebook.cells.map({ notebook.id(of: $0) }) {
      bare.setOutput(of: id, info: [], body: nil)
    }
    bare.setLedger(nil)
    var bytes = bare.bytes()
    for entry in Ledger(notebook.ledger ?? "").entries where !entry.events.isEmpty {
      let cell = entry.run.lastIndex(of: ".").map { String(entry.run[..<$0]) } ?? entry.run
      let output = notebook.outputs[cell].map { $0.info.joined(separator: " ") } ?? ""
      let line =
        [entry.run, output]
        + Ledger.block(Ledger.Entry(run: entry.run, series: [], events: entry.events))
      bytes += Array((line.joined(separator: "\n") + "\n").utf8)
    }
    return bytes
  }

  package func summary(seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return
      "\(cells) cells, \(runs) runs, \(differences.count) differences, \(tenths / 10).\(tenths % 10) s"
      + (timedCells > 0 ? " (\(timedCells) cells show times and are not compared)" : "")
  }
}
