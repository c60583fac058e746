import Language
import Library
import Tensors

/// Notebooks run for the sake of their last numbers.
package enum Trials {
  /// What a notebook comes to: the last value of every series of its runs, and single numbers that its
  /// cells show; or why it does not get there.
  package struct Outcome: Sendable {
    package let values: [(name: String, value: Double)]
    package let problem: String?

    package subscript(name: String) -> Double? { values.first { $0.name == name }?.value }
  }

  package static func outcome(
    of notebook: Notebook, folder: String, overrides: [String: String] = [:],
    interruption: Interruption = Interruption()
  ) -> Outcome {
    let session = Session(notebook, folder: folder, interruption: interruption)
    session.runAll(overrides: overrides)
    session.settle()
    var values: [(name: String, value: Double)] = []
    for result in session.results {
      for (key, run) in result.runs {
        for series in run.job.series {
          if let last = series.values.last {
            values.append(("\(key) \(series.name)", Double(last)))
          }
        }
      }
      let numbers = result.output.compactMap { item -> Double? in
        if case .value(let value) = item { number(value) } else { nil }
      }
      for (at, number) in numbers.enumerated() where !result.isTimed {
        values.append(("#\(result.id)" + (numbers.count > 1 ? ".\(at + 1)" : ""), number))
      }
    }
    let failed = session.results.first { $0.error != nil }
    let problem = failed.map { result in
      "#\(result.id): " + (result.error?.split(whereSeparator: \.isNewline).first ?? "")
    }
    return Outcome(values: values, problem: interruption.isRequested ? "interrupted" : problem)
  }

  private static func number(_ value: Value) -> Double? {
    switch value {
    case .integer(let n): Double(n)
    case .number(let x): x
    case .tensor(let x) where x.value.count == 1 && x.value.dtype != .bool:
      x.value.array(of: Double.self)[0]
    case .none, .boolean, .text, .tensor, .parameter, .list, .record, .range, .function, .builtin,
      .object:
      nil
    }
  }

  // MARK: Seeds

  /// Last numbers of both notebooks over so many seeds, from those of the files on: mean and spread.
  package static func seedTable(
    _ a: Notebook, _ b: Notebook, names: (String, String), seeds: Int, folders: (String, String)
  ) -> [String] {
    func outcomes(_ notebook: Notebook, _ folder: String) -> [Outcome] {
      (0..<seeds).map { offset in
        var other = notebook
        other.seed = notebook.seed &+ UInt64(offset)
        return outcome(of: other, folder: folder)
      }
    }
    let (before, after) = (outcomes(a, folders.0), outcomes(b, folders.1))
    var rows = [["last values of \(seeds) seeds", names.0, names.1, "difference"]]
    var order = before[0].values.map(\.name)
    order += after[0].values.map(\.name).filter { !order.contains($0) }
    for name in order {
      let (x, y) = (before.compactMap { $0[name] }, after.compactMap { $0[name] })
      rows.append([name, spread(x), spread(y), difference(x, y)])
    }
    let problems = zip([names.0, names.1], [before, after]).flatMap { name, outcomes in
      outcomes.enumerated().compactMap { at, outcome in
        outcome.problem.map { "\(name), seed \(at + 1) of \(seeds): \($0)" }
      }
    }
    return TextTable.lines(rows) + problems
  }

  private static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

  /// The standard deviation of a sample.
  private static func deviation(_ x: [Double]) -> Double {
    guard x.count > 1 else { return 0 }
    let middle = mean(x)
    let squares = x.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    return (squares / Double(x.count - 1)).squareRoot()
  }

  private static func spread(_ x: [Double]) -> String {
    guard !x.isEmpty else { return "·" }
    return "\(shortNumber(mean(x), digits: 4)) ± \(shortNumber(deviation(x), digits: 2))"
  }

  /// How far the means lie apart, and how many standard errors (Welch) that is.
  private static func difference(_ x: [Double], _ y: [Double]) -> String {
    guard !x.isEmpty, !y.isEmpty else { return "" }
    let apart = mean(y) - mean(x)
    guard apart != 0 else { return "=" }
    let (a, b) = (deviation(x), deviation(y))
    let error = (a * a / Double(x.count) + b * b / Double(y.count)).squareRoot()
    let sign = apart > 0 ? "+" : ""
    let text = sign + shortNumber(apart, digits: 3)
    return error > 0 ? "\(text) (\(shortNumber(abs(apart) / error, digits: 2)) s.e.)" : text
  }
}

/// Rows of words under each other: the first column to the left, the others to the right.
enum TextTable {
  static func lines(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let padded = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + blanks : blanks + text
      }.joined(separator: "  ")
      return String(padded.reversed().drop { $0 == " " }.reversed())
    }
  }
}
