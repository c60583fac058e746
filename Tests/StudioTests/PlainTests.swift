import Files
import TestSupport
import Testing

@testable import Studio

/// The notebook as a dialogue: lines in, lines out.
@Suite struct PlainTests {
  private let page = """
    # Squares

    Some words.

    ```gradus #a
    x = 2
    ```

    ```gradus #b
    plot([1, 4, 9])
    ```

    """

  /// What is said to each line.
  private func talk(_ lines: [String], _ page: String? = nil) throws -> (
    said: [String], file: String
  ) {
    try withTemporaryFolder { folder in
      let path = folder + "/page.grd.md"
      try FileBytes.writeAtomically(Array((page ?? self.page).utf8), to: path)
      var said: [String] = []
      let dialogue = PlainDialogue(try StudioSession(path, savesAtOnce: true)) { said.append($0) }
      dialogue.begin()
      for line in lines {
        said.append("> " + line)
        if !dialogue.answer(line) { break }
      }
      return (said, String(decoding: try FileBytes.read(path), as: UTF8.self))
    }
  }

  @Test func `cells are read one after the other`() throws {
    let (said, _) = try talk(["go 1", "", "", "", "back", "list"])
    #expect(said[0] == "page.grd.md, 3 cells. help tells what can be said.")
    #expect(said.contains("Cell 1 of 3, text."))
    #expect(said.contains("  # Squares"))
    #expect(said.contains("Cell 2 of 3, code a, new."))
    #expect(said.contains("This is the last cell; add begins a new one."))
    #expect(said.last == "Cell 3 of 3, code b, new. plot([1, 4, 9])")
  }

  @Test func `a line of the language runs as a cell below`() throws {
    let (said, file) = try talk(["go a", "run", "x ^ 10 + 1", "x", "xylophone", "1 +", "save"])
    #expect(said.contains("  1025"))
    #expect(said.contains { $0.hasPrefix("Cell 3 of 4, code") && $0.hasSuffix("done.") })
    // A name of the page is asked for its value; a word that is none changes nothing.
    #expect(said.contains { $0.hasPrefix("Cell 4 of 5, code") && $0.hasSuffix("done.") })
    #expect(said.contains("xylophone is nothing that can be said here; help tells what can."))
    #expect(said.contains { $0.hasPrefix("Cell 5 of 6, code") && $0.contains("failed") })
    #expect(file.contains("\nx ^ 10 + 1\n"))
  }

  @Test func `a plot is told by its sentence, and nothing is drawn`() throws {
    let (said, _) = try talk(["run all", "go b", "quit"])
    #expect(said.contains { $0.contains("Cell 3 of 3, code b, done.") })
    #expect(
      said.contains { $0.contains("1") && $0.contains("9") && $0.lowercased().contains("from") })
    for line in said {
      #expect(
        !line.unicodeScalars.contains {
          $0.value == 27 || (0x2500...0x25FF).contains($0.value)
            || (0x2800...0x28FF).contains($0.value)
        })
    }
  }

  @Test func `what a saved page shows is told without its drawing`() throws {
    let (said, _) = try talk(
      ["go 1"], "```gradus #a\n1\n```\n```out #a src=1\n ┤⠉⠓⢶⡀ loss 0.5\n └────\nend\n```\n")
    #expect(said.contains("  loss 0.5"))
    #expect(said.contains("  end"))
  }

  @Test func `cells are written, changed line by line, deleted and saved`() throws {
    let (said, file) = try talk([
      "add", "y = 3", "y + 1", ".", "run", "line 1 y = 4", "run", "save", "delete", "undo", "quit",
      "d",
    ])
    #expect(said.contains("  4") && said.contains("  5"))
    #expect(said.contains("Saved."))
    #expect(file.contains("y = 4\ny + 1\n```"))
    #expect(said.contains { $0.hasPrefix("There are changes that are not saved") })
  }

  @Test func `mistakes and refusals are told in words`() throws {
    let (said, _) = try talk([
      "dance", "go nowhere", "line 9 x", "redo", ":nothing", "?softmax", "search Some", "stop",
      ":words tanh", "variables", "help", "progress", "?nothing_there",
    ])
    #expect(said.contains("dance is nothing that can be said here; help tells what can."))
    #expect(said.contains("No cell is called nowhere."))
    #expect(said.contains { $0.hasPrefix("Not now: nothing was undone") })
    #expect(said.contains("No command is called nothing."))
    #expect(said.contains("softmax(x, axis=-1)"))
    #expect(said.contains("  Some words."))
    #expect(said.contains("Nothing is there yet."))
    #expect(said.contains("No training goes on."))
    #expect(said.contains { $0.hasPrefix("no word is called nothing_there") })
  }

  @Test func `a training is followed in words`() throws {
    let (said, _) = try talk(
      ["run", "wait", "progress"],
      "```gradus #t\nr = train(Linear(2, 2), moons(64), epochs=3)\nr\n```\n")
    #expect(said.contains("Everything has ended."))
    #expect(said.contains("No training goes on."))
  }

  @Test func `text that attacks the screen is said inert`() throws {
    let evil = "a\u{1B}]0;EVIL\u{7}\u{202E}b"
    let (said, _) = try talk(
      ["go 1", "", evil, ":" + evil, "?" + evil], "\(evil)\n\n```gradus #a\n\"\(evil)\"\n```\n")
    for line in said where !line.hasPrefix("> ") {
      #expect(!line.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E })
    }
  }
}
