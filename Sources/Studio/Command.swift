import Terminal
import Vocabulary

/// Something a user can do: help, palette, footer and keys are read from these rows.
package struct Command: Sendable {
  package enum Place: Sendable, Equatable {
    case page, cell, both
    /// On the page of a lesson; its keys come before those of other pages there.
    case lesson
  }

  package let entry: Entry
  /// Scripts of keys, the likeliest first.
  package let keys: [String]
  let place: Place
  /// Why it cannot be done now; nil when it can.
  let refusal: @Sendable (StudioState) -> String?
  /// The argument is what follows the name on the `:` line.
  let perform: @Sendable (inout StudioState, String) -> [Effect]

  /// Whether it rearranges or rewrites whole cells.
  var changesCells: Bool {
    let names = [
      "edit", "apply", "delete", "cut", "move-up", "move-down", "merge", "split", "to-code",
      "to-text", "to-raw",
    ]
    return names.contains(entry.name) || entry.name.hasPrefix("heading-")
  }

  init(
    _ name: String, _ summary: String, keys: [String] = [], in place: Place = .page,
    family: String, arguments: [Argument] = [],
    unless refusal: @escaping @Sendable (StudioState) -> String? = { _ in nil },
    _ perform: @escaping @Sendable (inout StudioState, String) -> [Effect]
  ) {
    entry = Entry(name, family: family, arguments, summary: summary, examples: [])
    self.keys = keys
    self.place = place
    self.refusal = refusal
    self.perform = perform
  }

  /// A change of the state alone.
  static func simple(
    _ name: String, _ summary: String, keys: [String], in place: Place = .page, family: String,
    unless refusal: @escaping @Sendable (StudioState) -> String? = { _ in nil },
    _ perform: @escaping @Sendable (inout StudioState) -> Void
  ) -> Command {
    Command(name, summary, keys: keys, in: place, family: family, unless: refusal) { state, _ in
      perform(&state)
      return []
    }
  }
}

/// Every command of the studio.
package enum Commands {
  /// A key script as people read it.
  static func shown(_ script: String) -> String { KeyScript.shown(script) }

  package static let all: [Command] = [
    navigationCommands, viewCommands, panelCommands, searchCommands, cellCommands, headingCommands,
    rangeCommands, runCommands, steeringCommands, scrubCommands, inspectionCommands,
    editingCommands, wordCommands, fileCommands, lessonCommands,
  ].flatMap { $0 }

  package static let catalog = Catalog(all, entry: \.entry)

  /// Keys that more than one command wants.
  package static var conflicts: [String] { Keymaps.standard.problems }

  /// Commands that the text of the `:` line finds: by name, then by the words of their summary.
  static func found(_ text: String) -> [Command] {
    let name = text.split(separator: " ").first.map(String.init) ?? ""
    let begins = all.filter { $0.entry.name.hasPrefix(name) }
    if text.contains(" "), let exact = begins.first(where: { $0.entry.name == name }) {
      return [exact]
    }
    let others = all.filter { !$0.entry.name.hasPrefix(name) }
    let holds = others.filter { $0.entry.name.contains(name) }
    let says = others.filter {
      !$0.entry.name.contains(name) && $0.entry.summary.lowercased().contains(name.lowercased())
    }
    let known = Set((begins + holds + says).map(\.entry.name))
    // Letters in their order are enough.
    let near = others.filter { !known.contains($0.entry.name) && isIn(name, $0.entry.name) }
    return begins + holds + near + says
  }

  /// Whether letters are in a text, in their order.
  static func isIn(_ letters: String, _ text: String) -> Bool {
    var rest = text.lowercased()[...]
    for letter in letters.lowercased() {
      guard let at = rest.firstIndex(of: letter) else { return false }
      rest = rest[rest.index(after: at)...]
    }
    return true
  }
}

/// From keys to commands.
struct Keymap: Sendable {
  private var commands: [[Key]: Int] = [:]
  private var beginnings: Set<[Key]> = []
  /// Keys that two commands claim.
  private(set) var conflicts: [String] = []

  init(_ all: [Command], _ place: Command.Place, _ keys: (Command) -> [String]) {
    for (index, command) in all.enumerated() where command.place == place || command.place == .both
    {
      for script in keys(command) {
        let keys = KeyScript.keys(script)
        if let other = commands.updateValue(index, forKey: keys), other != index {
          conflicts.append(
            "\(Commands.shown(script)) is wanted by \(all[other].entry.name) and \(command.entry.name)"
          )
        }
        for length in 1..<max(1, keys.count) { beginnings.insert(Array(keys.prefix(length))) }
      }
    }
    conflicts += commands.filter { beginnings.contains($0.key) }.map { _, index in
      "other keys begin like those of \(all[index].entry.name)"
    }.sorted()
  }

  enum Meaning {
    case command(Command)
    /// More keys are needed.
    case more
    case nothing
  }

  func meaning(of keys: [Key]) -> Meaning {
    if let index = commands[keys] { return .command(Commands.all[index]) }
    return beginnings.contains(keys) ? .more : .nothing
  }
}
