import Files
import FormatCheck
import Language
import Notebooks
import Tensors

/// Single digits of what a notebook recorded are edited; verifying finds every one.
enum Edits {
  static func run(_ count: Int, seed: Int, file: String) -> Bool {
    guard let bytes = try? FileBytes.read(file) else {
      print("there is no \(file)")
      return false
    }
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    MemoryBudget.bytes = 1 << 30
    var edits = DigitEdits(bytes, seed: seed)
    var missed = 0
    for _ in 0..<count {
      let (edited, line) = edits.next()
      let differences = DeepStack.run {
        Verification(Notebook(edited), folder: folder).differences
      }
      if differences.isEmpty {
        missed += 1
        print("--- not found: \(line.prefix(120))")
      }
    }
    let alarms = DeepStack.run { Verification(Notebook(bytes), folder: folder).differences }
    print("\(count) edits, \(missed) not found, \(alarms.count) false alarms without one")
    return missed == 0 && alarms.isEmpty
  }
}
