import Archives
import Glibc
import Language
import Tensors
import Training

extension ArchiveError: Diagnosable {
  package var code: String { "archive" }
  package var hint: String? { "GRADUS_RUNS=none keeps no archive" }
}

extension Run {
  /// What the archive keeps of a run that ended.
  package func archived(notebook: String, cell: String, source: String) -> ArchivedRun {
    let (learner, place) = (job.result, job.place)
    let own = learner as? ModelLearner
    let model = finalModel
    var name = ""
    if case .object(let object) = model { name = object.text(width: 72) }
    name = String(name.split(whereSeparator: \.isNewline).joined(separator: "; ").prefix(200))
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let metrics = job.series.map { series -> ArchivedRun.Metric in
      let known = zip(series.steps, series.values).filter { $0.1.isFinite }
      let least = known.min { $0.1 < $1.1 }
      return ArchivedRun.Metric(
        series.name, last: Double(series.values.last ?? .nan),
        least: least.map { Double($0.1) } ?? .nan, step: least?.0 ?? 0)
    }
    return ArchivedRun(
      ended: Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9, notebook: notebook, cell: cell,
      source: source, status: job.status.word, steps: place.step, seconds: job.seconds,
      batch: place.batchSize, rate: learner.learningRate,
      optimizer: own?.optimizer.text(width: 72) ?? "", model: name,
      weights: Tree.leaves(of: model, .parameters).reduce(0) { $0 + $1.variable.shape.count },
      steering: job.events.map { "\($0.step) \($0.kind.line)" }.joined(separator: "\n"),
      metrics: metrics)
  }
}

extension StandardLibrary {
  /// The runs of earlier sessions as records; every record has the same fields.
  static func pastRuns() throws -> Value {
    guard let path = RunArchive.standardPath else { return .list([]) }
    let runs = try RunArchive(path).runs()
    var names: [String] = []
    for metric in runs.flatMap(\.metrics) where !names.contains(metric.name) {
      names.append(metric.name)
    }
    return .list(
      runs.map { run in
        var fields: [(String?, Value)] = [
          ("day", .text(day(run.ended))), ("notebook", .text(run.notebook)),
          ("cell", .text(run.cell)), ("status", .text(run.status)),
          ("steps", .integer(run.steps)), ("seconds", .number(run.seconds)),
          ("lr", run.rate.map { .number($0) } ?? .none), ("batch", .integer(run.batch)),
          ("optimizer", .text(run.optimizer)), ("weights", .integer(run.weights)),
        ]
        for name in names {
          let metric = run.metrics.first { $0.name == name }
          let field = String(name.map { $0 == " " ? "_" : $0 })
          fields.append((field, metric.map { .number($0.last) } ?? .none))
          fields.append(("best_" + field, metric.map { .number($0.least) } ?? .none))
        }
        fields += [
          ("model", .text(run.model)), ("steering", .text(run.steering)),
          ("source", .text(run.source)),
        ]
        return .record(Record(fields))
      })
  }

  /// The date of a moment in universal time, as 2026-11-21.
  private static func day(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "" }
    var (moment, parts) = (time_t(seconds), tm())
    gmtime_r(&moment, &parts)
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}
