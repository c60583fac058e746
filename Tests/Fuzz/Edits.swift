import Files
import FormatCheck
import Language
import Notebooks
import Tensors

/// Single digits of what notebooks recorded are edited; verifying finds every one.
enum Edits {
  /// Every so many edits the notebook is run again although its replay cannot be another.
  private static let whole = 50

  static func run(_ count: Int, seed: Int, paths: [String]) -> Bool {
    let files = paths.flatMap { path -> [String] in
      let names = FileBytes.names(in: path).filter { $0.hasSuffix(".grd.md") }
      return names.isEmpty ? [path] : names.sorted().map { path + "/" + $0 }
    }
    MemoryBudget.bytes = 4 << 30
    var (missed, alarms, done, replays) = (0, 0, 0, 0)
    for (at, file) in files.enumerated() {
      guard let bytes = try? FileBytes.read(file) else {
        print("there is no \(file)")
        return false
      }
      let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
      let notebook = Notebook(bytes)
      let replay = Verification.replay(of: notebook)
      let session = DeepStack.run {
        let session = Session(notebook, folder: folder)
        session.runAll()
        session.settle()
        return session
      }
      replays += 1
      let honest = Verification(notebook, replayedBy: session).differences
      guard honest.isEmpty else {
        alarms += 1
        print("--- \(file): a false alarm, \(honest[0])")
        continue
      }
      var edits = DigitEdits(bytes, seed: seed &+ at)
      guard edits.hasPlaces else { continue }
      let share = count * (at + 1) / files.count - count * at / files.count
      for number in 0..<share {
        let (edited, line) = edits.next()
        let other = Notebook(edited)
        // What is run again gives the same as long as only outputs and series were edited.
        let isSame =
          number % Edits.whole != Edits.whole - 1 && Verification.replay(of: other) == replay
        if !isSame { replays += 1 }
        let differences = DeepStack.run {
          isSame
            ? Verification(other, replayedBy: session).differences
            : Verification(other, folder: folder).differences
        }
        done += 1
        if differences.isEmpty {
          missed += 1
          print("--- \(file): not found: \(line.prefix(120))")
        }
      }
    }
    print(
      "\(files.count) notebooks, \(done) edits, \(missed) not found, \(replays) replays, "
        + "\(alarms) false alarms without an edit")
    return missed == 0 && alarms == 0 && done > 0
  }
}
