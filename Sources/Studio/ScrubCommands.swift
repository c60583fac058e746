import Library
import Tensors
import Training

extension Commands {
  static let scrubCommands: [Command] = [
    back("back", "Shows the page as it was a step before.", ",") { scrub, count in
      scrub.step - count
    },
    back("forth", "Shows the page as it was a step later.", ".") { scrub, count in
      scrub.step + count
    },
    back("epoch-back", "Shows the page as it was an epoch before.", "<") {
      scrub, count in
      let each = scrub.runs.first?.job.stepsPerEpoch ?? 1
      return (scrub.step - 1) / each * each - (count - 1) * each
    },
    back("epoch-forth", "Shows the page as it was an epoch later.", ">") { scrub, count in
      let each = scrub.runs.first?.job.stepsPerEpoch ?? 1
      return (scrub.step / each + count) * each
    },
    Command(
      "at", "Shows the page as it was at a step: `:at 120`.", family: "Training",
      unless: noRun
    ) { state, argument in
      guard let step = Int(argument) else {
        state.message = "write a step: :at 120"
        return []
      }
      return state.scrub { _ in step }
    },
    Command(
      "fork", "Writes a cell that branches off at the step shown.", keys: ["f"],
      family: "Training", unless: noRun
    ) { state, _ in
      state.branch()
      return []
    },
  ]

  private static func noRun(_ state: StudioState) -> String? {
    if state.scrub != nil || state.cell.evaluated?.result.runs.isEmpty == false { return nil }
    let isRead = state.makers(of: state.focus).contains {
      state.cells[$0].evaluated?.result.runs.isEmpty == false
    }
    return isRead ? nil : "this cell has no training, and reads none"
  }

  private static func back(
    _ name: String, _ summary: String, _ key: String,
    _ step: @escaping @Sendable (Scrub, Int) -> Int
  ) -> Command {
    Command(name, summary, keys: [key], family: "Training", unless: noRun) { state, _ in
      let count = max(1, state.count)
      return state.scrub { step($0, count) }
    }
  }
}

extension StudioState {
  /// A cell below the training that goes on from the step that is shown, ready to be edited.
  mutating func branch() {
    if scrub == nil { _ = scrub { $0.step } }
    guard let open = scrub, let at = cells.firstIndex(where: { $0.key == open.cell }) else {
      return
    }
    let name = open.name.isEmpty ? "r" : open.name
    let rate = open.runs.first?.learningRate.map { ", lr=\(shortNumber($0 / 2, digits: 3))" } ?? ""
    var branch = "branch"
    let taken = Set(cells.flatMap { $0.isCode ? $0.names.binds : [] })
    var number = 2
    while taken.contains(branch) { (branch, number) = ("branch\(number)", number + 1) }
    _ = endScrub()
    insertCell(at: at + 1)
    cell.editor = Editor(
      "\(branch) = fork(\(name), \(open.step)\(rate))\nplot([\(name), \(branch)])")
    mode = .edit
  }
}
