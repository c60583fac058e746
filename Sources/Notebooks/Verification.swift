import Files
import Glibc
import Training

/// What a notebook recorded against what it gives when it is run again.
package struct Verification {
  package let cells: Int
  package let runs: Int
  /// Each names the cell, and for a series the step.
  package let differences: [String]
  package let timedCells: Int

  /// Runs the notebook and compares every recorded text, value and series bit for bit.
  package init(_ notebook: Notebook, folder: String, overrides: [String: String] = [:]) {
    let session = Session(notebook, folder: folder)
    session.runAll(overrides: overrides)
    session.settle()
    let ledger = Ledger(notebook.ledger ?? "")
    var found: [String] = notebook.problems.filter { !$0.message.contains("#") }.map {
      "line \($0.line): \($0.message)"
    }
    var runCount = 0
    for result in session.results {
      let place = "cell #\(result.id) (line \(result.line))"
      if let error = result.error { found.append("\(place) failed: \(error)") }
      if let recorded = notebook.output(of: result.id) {
        if !recorded.info.contains("src=\(result.src)") {
          found.append("\(place): the code or what it reads has changed since it was recorded")
        } else if !result.isTimed {
          let text = result.text + "\n"
          if recorded.body != text, recorded.body != result.text {
            found.append("\(place): \(Verification.firstDifference(recorded.body, text))")
          } else if !recorded.info.contains("val=\(result.val)") {
            found.append("\(place): the recorded hash of its values differs")
          }
        }
      } else if !result.output.isEmpty {
        found.append("\(place): nothing was recorded for it")
      }
      for (key, run) in result.runs {
        runCount += 1
        guard let recorded = ledger[key] else {
          found.append("\(place): its run \(key) was not recorded")
          continue
        }
        found += Verification.compare(recorded, run.job.series, "\(place), run \(key)")
        if run.job.events != recorded.events {
          found.append("\(place), run \(key): it was steered otherwise than recorded")
        }
      }
    }
    cells = session.results.count
    runs = runCount
    differences = found
    timedCells = session.results.count { $0.isTimed }
  }

  private static func firstDifference(_ recorded: String, _ now: String) -> String {
    let (a, b) = (recorded.split(separator: "\n"), now.split(separator: "\n"))
    for (index, (x, y)) in zip(a, b).enumerated() where x != y {
      return "output line \(index + 1): recorded `\(x)`, found `\(y)`"
    }
    return "the recorded output has \(a.count) lines, found \(b.count)"
  }

  private static func compare(_ recorded: Ledger.Entry, _ now: [Series], _ place: String)
    -> [String]
  {
    var found: [String] = []
    for series in recorded.series {
      guard let other = now.first(where: { $0.name == series.name }) else {
        found.append("\(place): there is no \(series.name) any more")
        continue
      }
      let count = min(series.values.count, other.values.count)
      if let at = (0..<count).first(where: {
        series.values[$0].bitPattern != other.values[$0].bitPattern
      }) {
        let (x, y) = (series.values[at], other.values[at])
        let ulp = abs(
          Int64(Int32(bitPattern: x.bitPattern)) - Int64(Int32(bitPattern: y.bitPattern)))
        let relative = abs(Double(x) - Double(y)) / max(abs(Double(y)), 1e-300)
        let step = at < series.steps.count ? series.steps[at] : at + 1
        found.append(
          "\(place): \(series.name) first differs at step \(step): recorded \(x), found \(y) "
            + "(\(ulp) ulp, relative \(Float(relative)))")
      } else if series.values.count != other.values.count || series.steps != other.steps {
        found.append(
          "\(place): \(series.name) has \(series.values.count) recorded points, found \(other.values.count)"
        )
      }
    }
    if found.isEmpty, !recorded.isIntact {
      found.append("\(place): its recorded checksum does not fit its series")
    }
    if found.isEmpty, recorded.series.count != now.count {
      found.append("\(place): \(recorded.series.count) series were recorded, found \(now.count)")
    }
    return found
  }

  package func summary(seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return
      "\(cells) cells, \(runs) runs, \(differences.count) differences, \(tenths / 10).\(tenths % 10) s"
      + (timedCells > 0 ? " (\(timedCells) cells show times and are not compared)" : "")
  }
}
