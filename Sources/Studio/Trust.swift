import Files
import Notebooks

// What somebody else made is shown, and run only after its reader said so.
extension StudioState {
  /// Asks before the first cell of somebody else's notebook is run; whether it has to be waited.
  mutating func asksForTrust() -> Bool {
    guard isStranger, cells.contains(where: { $0.activity == .queued && !$0.isHeld }) else {
      return false
    }
    if case .ask = mode { return true }
    if case .pager = mode { return true }
    mode = .ask(.trust(files: Notebook(document()).namedFiles))
    return true
  }

  /// Nothing is run.
  mutating func refuseTrust() {
    for at in cells.indices where cells[at].activity == .queued {
      (cells[at].activity, cells[at].isHeld) = (.idle, false)
    }
    message = "nothing was run"
  }

  /// The files that the code names, and how large they are now.
  mutating func showNamedFiles(_ files: [String], back: Question) {
    let lines = files.map { name -> String in
      if name.hasPrefix("/") || name.split(separator: "/").contains("..") {
        return "\(name)   outside the notebook's folder: it will not be opened"
      }
      guard let mark = FileBytes.mark(of: folder + "/" + name) else {
        return "\(name)   is not there"
      }
      return "\(name)   \(mark.size) bytes"
    }
    let note = ["", "A program reaches files beneath the notebook's folder only."]
    mode = .pager(
      Pager(
        title: "files that the notebook names",
        lines: (lines.isEmpty ? ["none"] : lines) + note, back: back))
  }
}

/// Whose notebook a file is.
struct Ownership {
  private let signatures: Signatures?

  /// Without signatures everything is one's own.
  init(_ signatures: Signatures?) { self.signatures = signatures }

  /// What is new, was signed here, or came with the program.
  func isOwn(_ bytes: [UInt8], at path: String) -> Bool {
    guard let signatures, !bytes.isEmpty else { return true }
    return signatures.contains(bytes) || ShippedFolder.isBesideProgram(path)
  }

  func sign(_ bytes: [UInt8]) { signatures?.add(bytes) }
}
