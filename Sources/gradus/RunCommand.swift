import ArgumentParser
import Files
import Glibc
import Language
import Library
import Notebooks
import Tensors
import Vocabulary

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a notebook or a program from top to bottom and prints what it shows.")

  @ArgumentParser.Argument(help: "A notebook, name.grd.md, or a program, name.gr.")
  var file: String
  @Flag(help: "Saves outputs and recorded series into the file.") var write = false
  @Flag(help: "Prints results as JSON instead of text.") var json = false
  @Option(help: "The last cell to run, by its id.") var to: String?
  @Option(name: .customLong("set"), help: "name=value for a name of a params cell.") var settings:
    [String] = []
  @Option(help: "Worker threads.") var threads: Int?

  func run() throws {
    if let threads { Workers.count = threads }
    if ProgramFile.isNamed(file) {
      guard !write, !json, to == nil, settings.isEmpty else {
        throw ValidationError("--write, --json, --to and --set are for notebooks, name.grd.md")
      }
      return try ProgramFile.run(file)
    }
    let notebook = try NotebookFile.read(file)
    let overrides = try Settings.overrides(settings, in: [notebook])
    try check(in: notebook)
    for (line, message) in notebook.problems { complain("\(file):\(line): \(message)") }
    let interruption = Interruption()
    InterruptKey.watch()
    InterruptKey.ends(interruption)
    let session = Session(
      notebook, folder: NotebookFile.folder(of: file), interruption: interruption)
    DeepStack.run { session.runAll(upTo: to, overrides: overrides) }
    for result in session.results {
      let text = result.text
      if result.error == nil {
        if !text.isEmpty, !json { print(visible(text)) }
      } else {
        complain("\(file):\(result.line): cell #\(result.id)\n" + text)
      }
      for note in result.notes { complain("note: " + note) }
    }
    for unmet in session.unmet {
      complain(
        "\(file):\(unmet.line): what is expected of cell #\(unmet.id) does not hold: "
          + (unmet.problem ?? ""))
    }
    session.settle()
    if json { print(ResultsJSON.text(session)) }
    if write, !interruption.isRequested {
      guard notebook.version <= Notebook.currentVersion else {
        complain("not saved: \(file) is of a newer version of the format")
        throw ExitCode(1)
      }
      let bytes = session.written().bytes()
      do {
        try FileBytes.writeAtomically(bytes, to: file)
        Signatures.ofUser?.add(bytes)
      } catch {
        complain("not saved: " + error.message)
        throw ExitCode(1)
      }
    }
    if write { session.archive(as: file) }
    if interruption.isRequested { throw ExitCode(130) }
    if session.hasFailed { throw ExitCode(1) }
  }

  /// The cell that the option mentions must be there.
  private func check(in notebook: Notebook) throws {
    let ids = notebook.cells.map { notebook.id(of: $0) }
    if let to, !ids.contains(to) {
      let near = Suggestion.nearest(to: to, among: ids).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("no cell is called \(to)\(near)")
    }
  }
}

/// Values for the names of params cells, given on the command line.
enum Settings {
  /// From name=value. A text that is a path outside the notebook's folder names a folder that may be
  /// read; quotes around it may be left out.
  static func overrides(_ settings: [String], in notebooks: [Notebook]) throws -> [String: String] {
    var overrides: [String: String] = [:]
    for setting in settings {
      let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else { throw ValidationError("--set takes name=value, not \(setting)") }
      var value = pair[1]
      let bare = value.trimming { $0 == "\"" || $0 == "'" }
      if bare.hasPrefix("/") || bare.hasPrefix("../") || bare == ".." {
        ReadablePath.allow(bare)
        value = "'\(bare)'"
      }
      overrides[pair[0]] = value
    }
    let known = notebooks.flatMap(names).sorted()
    for name in overrides.keys.sorted() where !known.contains(name) {
      let near = Suggestion.nearest(to: name, among: known).map { "; did you mean \($0)?" }
      let all =
        known.isEmpty
        ? "; there is none (```gradus #id params)" : "; there are " + known.joined(separator: ", ")
      throw ValidationError("no params cell has a name \(name)\(near ?? all)")
    }
    return overrides
  }

  private static func names(_ notebook: Notebook) -> [String] {
    notebook.cells.flatMap { at -> [String] in
      guard case .code(_, let flags) = notebook.segments[at].kind, flags.contains("params") else {
        return []
      }
      return Array(CellNames(of: notebook.segments[at].body).binds)
    }
  }
}

extension String {
  fileprivate func trimming(_ isCut: (Character) -> Bool) -> String {
    String(drop(while: isCut).reversed().drop(while: isCut).reversed())
  }
}

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Runs notebooks again and compares every value bit for bit.")

  @ArgumentParser.Argument(help: "Notebooks.") var files: [String]
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "name=value for a name of a params cell.") var settings: [String] = []
  @Option(help: "Worker threads.") var threads: Int?
  @Option(help: "Units in the last place of a 32 bit number that are let pass.") var tolerance = 0

  func run() throws {
    if let threads { Workers.count = threads }
    var isSame = true
    let notebooks = try files.map { ($0, try NotebookFile.read($0)) }
    let overrides = try Settings.overrides(settings, in: notebooks.map(\.1))
    for (file, notebook) in notebooks {
      var start = timespec()
      clock_gettime(CLOCK_MONOTONIC, &start)
      let report = DeepStack.run {
        Verification(
          notebook, folder: NotebookFile.folder(of: file), overrides: overrides,
          tolerance: tolerance)
      }
      var end = timespec()
      clock_gettime(CLOCK_MONOTONIC, &end)
      let seconds = Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
      for difference in report.differences { complain("\(file): \(difference)") }
      print("\(file): \(report.summary(seconds: seconds))")
      if report.differences.isEmpty {
        let exactly = tolerance == 0 ? "bit for bit" : "within \(tolerance) ulp"
        print("certificate \(report.certificate)  every value and every step again, \(exactly)")
      } else {
        isSame = false
      }
    }
    if !isSame { throw ExitCode(1) }
  }
}

/// Reading a notebook for a command.
enum NotebookFile {
  static func read(_ path: String) throws -> Notebook {
    guard path.hasSuffix(".md") else {
      throw ValidationError("\(path) is not \(ProgramFile.kinds)")
    }
    do { return Notebook(try FileBytes.read(path)) } catch {
      complain(error.message + (error.hint.map { "\n    try  " + $0 } ?? ""))
      throw ExitCode(1)
    }
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}

/// A line on standard error, after everything that was printed.
func complain(_ text: String) {
  fflush(nil)
  let line = Array((visible(text) + "\n").utf8)
  _ = write(2, line, line.count)
}
