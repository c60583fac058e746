import CSQLite
import Files
import Glibc

/// Why the archive of runs could not be used.
package struct ArchiveError: Error, Sendable {
  package let message: String
}

/// Runs that ended, in a database of the user: SQLite, one row for each run and one for each of its
/// metrics. Several programs may use it at once.
package final class RunArchive {
  private var database: OpaquePointer?

  /// The database of the user: `GRADUS_RUNS`, or a file in the folder for data of the desktop
  /// standard. Nil where none is to be kept.
  package static var standardPath: String? {
    func variable(_ name: String) -> String {
      getenv(name).map { String(cString: $0) } ?? ""
    }
    let own = variable("GRADUS_RUNS")
    if !own.isEmpty { return own == "none" ? nil : own }
    let (data, home) = (variable("XDG_DATA_HOME"), variable("HOME"))
    if data.hasPrefix("/") { return data + "/gradus/runs.sqlite" }
    return home.isEmpty ? nil : home + "/.local/share/gradus/runs.sqlite"
  }

  private static let schema = """
    PRAGMA journal_mode = WAL;
    PRAGMA busy_timeout = 2000;
    CREATE TABLE IF NOT EXISTS runs (
      id INTEGER PRIMARY KEY, ended REAL, notebook TEXT, cell TEXT, source TEXT, status TEXT,
      steps INTEGER, seconds REAL, batch INTEGER, rate REAL, optimizer TEXT, model TEXT,
      weights INTEGER, steering TEXT);
    CREATE TABLE IF NOT EXISTS metrics (
      run INTEGER REFERENCES runs (id), place INTEGER, name TEXT, last REAL, least REAL,
      step INTEGER);
    CREATE INDEX IF NOT EXISTS metrics_of_run ON metrics (run);
    """

  /// Opens a database, and makes it where there is none.
  package init(_ path: String) throws(ArchiveError) {
    if let slash = path.lastIndex(of: "/") { FileBytes.makeFolder(String(path[..<slash])) }
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
    guard sqlite3_open_v2(path, &database, flags, nil) == SQLITE_OK else {
      let error = problem
      sqlite3_close_v2(database)
      throw error
    }
    do throws(ArchiveError) { try execute(RunArchive.schema) } catch {
      sqlite3_close_v2(database)
      throw error
    }
  }

  deinit { sqlite3_close_v2(database) }

  private var problem: ArchiveError {
    ArchiveError(message: "the archive of runs: " + String(cString: sqlite3_errmsg(database)))
  }

  private func execute(_ sql: String) throws(ArchiveError) {
    guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw problem }
  }

  private enum Cell {
    case text(String)
    case number(Double?)
    case integer(Int)
  }

  /// Runs one statement; `row` is called for each row of its result.
  private func run(
    _ sql: String, _ cells: [Cell] = [], _ row: (OpaquePointer) -> Void = { _ in }
  ) throws(ArchiveError) {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw problem
    }
    defer { sqlite3_finalize(statement) }
    let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, cell) in cells.enumerated() {
      let at = Int32(index + 1)
      switch cell {
      case .text(let text): sqlite3_bind_text(statement, at, text, -1, copies)
      case .number(let x?): sqlite3_bind_double(statement, at, x)
      case .number(nil): sqlite3_bind_null(statement, at)
      case .integer(let n): sqlite3_bind_int64(statement, at, Int64(n))
      }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: row(statement)
      case SQLITE_DONE: return
      default: throw problem
      }
    }
  }

  /// Keeps runs, all or none of them.
  package func add(_ runs: [ArchivedRun]) throws(ArchiveError) {
    try execute("BEGIN IMMEDIATE")
    do throws(ArchiveError) {
      for run in runs { try add(run) }
      try execute("COMMIT")
    } catch {
      try? execute("ROLLBACK")
      throw error
    }
  }

  private func add(_ run: ArchivedRun) throws(ArchiveError) {
    try self.run(
      "INSERT INTO runs (ended, notebook, cell, source, status, steps, seconds, batch, rate, "
        + "optimizer, model, weights, steering) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        .number(run.ended), .text(run.notebook), .text(run.cell), .text(run.source),
        .text(run.status), .integer(run.steps), .number(run.seconds), .integer(run.batch),
        .number(run.rate), .text(run.optimizer), .text(run.model), .integer(run.weights),
        .text(run.steering),
      ])
    let id = Int(sqlite3_last_insert_rowid(database))
    for (place, metric) in run.metrics.enumerated() {
      try self.run(
        "INSERT INTO metrics (run, place, name, last, least, step) VALUES (?,?,?,?,?,?)",
        [
          .integer(id), .integer(place), .text(metric.name), .number(metric.last),
          .number(metric.least), .integer(metric.step),
        ])
    }
  }

  /// The last runs, the newest first.
  package func runs(limit: Int = 1000) throws(ArchiveError) -> [ArchivedRun] {
    var found: [(id: Int, run: ArchivedRun)] = []
    try run(
      "SELECT id, ended, notebook, cell, source, status, steps, seconds, batch, rate, optimizer, "
        + "model, weights, steering FROM runs ORDER BY ended DESC, id DESC LIMIT ?",
      [.integer(limit)]
    ) { row in
      func text(_ at: Int32) -> String {
        sqlite3_column_text(row, at).map { String(cString: $0) } ?? ""
      }
      func integer(_ at: Int32) -> Int { Int(sqlite3_column_int64(row, at)) }
      let rate = sqlite3_column_type(row, 9) == SQLITE_NULL ? nil : sqlite3_column_double(row, 9)
      found.append(
        (
          integer(0),
          ArchivedRun(
            ended: sqlite3_column_double(row, 1), notebook: text(2), cell: text(3),
            source: text(4), status: text(5), steps: integer(6),
            seconds: sqlite3_column_double(row, 7), batch: integer(8), rate: rate,
            optimizer: text(10), model: text(11), weights: integer(12), steering: text(13),
            metrics: [])
        ))
    }
    for at in found.indices {
      try run(
        "SELECT name, last, least, step FROM metrics WHERE run = ? ORDER BY place",
        [.integer(found[at].id)]
      ) { row in
        // What is not a number has no place in a database of numbers.
        func number(_ column: Int32) -> Double {
          sqlite3_column_type(row, column) == SQLITE_NULL
            ? .nan : sqlite3_column_double(row, column)
        }
        found[at].run.metrics.append(
          ArchivedRun.Metric(
            String(cString: sqlite3_column_text(row, 0)), last: number(1), least: number(2),
            step: Int(sqlite3_column_int64(row, 3))))
      }
    }
    return found.map(\.run)
  }
}
