import Vocabulary

extension Commands {
  static let fileCommands: [Command] = [
    Command("save", "Saves the notebook.", keys: ["<c-s>"], in: .both, family: "File") {
      state, _ in
      state.save()
    },
    Command("write", "Saves a copy under another name: `:write NAME`.", family: "File") {
      state, argument in
      guard !argument.isEmpty else { return state.save() }
      guard argument.hasSuffix(".grd.md") else {
        state.message = "a notebook's name ends in .grd.md"
        return []
      }
      return state.save(copy: argument)
    },
    Command("reload", "Takes the file as it is on the disk.", family: "File") { _, _ in [.reload] },
    .simple("diff", "Shows what is not saved yet.", keys: ["D"], family: "File") { state in
      state.showDifference(from: state.fileBytes, to: state.document(), back: nil)
    },
    Command(
      "editor", "Gives the file to your editor ($VISUAL or $EDITOR).", keys: ["E"], family: "File"
    ) {
      _, _ in [.editOutside]
    },
    Command("suspend", "Back to the shell; fg comes back.", keys: ["<c-z>"], family: "File") {
      _, _ in
      [.suspend]
    },
    Command(
      "detach", "Goes on without this terminal; gradus attach comes back.", keys: ["gd"],
      family: "File"
    ) { _, _ in [.detach] },
    Command("quit", "Ends the program.", keys: ["q", "<c-q>"], family: "File") { state, _ in
      state.leave(for: nil)
    },
  ]
}
