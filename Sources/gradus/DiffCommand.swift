import ArgumentParser
import Files
import Language
import Notebooks
import Tensors

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Says what differs between two notebooks: code, parameters, results, curves.",
    discussion: "With one file: the notebook as git should compare it (textconv).")

  @ArgumentParser.Argument(help: "A notebook.") var a: String
  @ArgumentParser.Argument(help: "Another one.") var b: String?
  @Option(help: "Columns of the plots.") var width = 80
  @Option(help: "Runs both with so many seeds and compares means and spreads of the last values.")
  var seeds: Int?
  @Flag(
    help: "Runs the first with each change of the second alone, and says what explains how much.")
  var explain = false
  @Option(help: "Worker threads.") var threads: Int?

  func validate() throws {
    if let seeds, !(2...1000 ~= seeds) { throw ValidationError("--seeds takes 2 to 1000") }
    if b == nil, explain || seeds != nil { throw ValidationError("compare two notebooks") }
  }

  func run() throws {
    let first = try NotebookFile.read(a)
    guard let b else {
      return print(visible(NotebookDifference.forGit(first)), terminator: "")
    }
    let second = try NotebookFile.read(b)
    let text = NotebookDifference.text(
      first, second, names: name(a, b), width: max(40, min(width, 400)))
    print(text.isEmpty ? "they say the same" : visible(text))
    guard explain || seeds != nil else { return }
    if let threads { Workers.count = threads }
    let folders = (NotebookFile.folder(of: a), NotebookFile.folder(of: b))
    let names = name(a, b)
    DeepStack.run {
      if let seeds {
        let lines = Trials.seedTable(first, second, names: names, seeds: seeds, folders: folders)
        print("\n" + visible(lines.joined(separator: "\n")))
      }
      if explain {
        let lines = Ablation.table(first, second, names: names, folder: folders.0)
        print("\n" + visible(lines.joined(separator: "\n")))
      }
    }
  }

  /// File names where they tell the two apart, A and B otherwise.
  private func name(_ a: String, _ b: String) -> (String, String) {
    func short(_ path: String) -> String {
      let last = path.split(separator: "/").last.map(String.init) ?? path
      return last.hasSuffix(".grd.md") ? String(last.dropLast(7)) : last
    }
    return short(a) == short(b) ? ("A", "B") : (short(a), short(b))
  }
}

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merges two descendants of a notebook, for git: merge %O %A %B.",
    discussion: "The result replaces OURS; the exit status is 1 when conflicts are left in it.")

  @ArgumentParser.Argument(help: "The notebook both come from.") var base: String
  @ArgumentParser.Argument(help: "One descendant, which is replaced.") var ours: String
  @ArgumentParser.Argument(help: "The other one.") var theirs: String

  func run() throws {
    do {
      let merge = NotebookMerge(
        base: try FileBytes.read(base), ours: try FileBytes.read(ours),
        theirs: try FileBytes.read(theirs))
      try FileBytes.writeAtomically(merge.bytes, to: ours)
      if merge.hasConflicts { throw ExitCode(1) }
    } catch let error as FileError {
      complain(error.message)
      throw ExitCode(2)
    }
  }
}
