import Files
import Lessons
import Studio
import TestSupport
import Testing

@Suite struct HomeTests {
  @Test func `notebooks of the folder are offered after a new page`() throws {
    try withTemporaryFolder { folder in
      let text = "---\ntitle: Second\n---\n```gradus #a\n1\n```\n"
      try FileBytes.writeAtomically(Array(text.utf8), to: folder + "/b.grd.md")
      try FileBytes.writeAtomically([], to: folder + "/a.grd.md")
      try FileBytes.writeAtomically([], to: folder + "/note.md")
      try FileBytes.writeAtomically([], to: folder + "/untitled.grd.md")
      var home = Home(folder: folder)
      #expect(
        home.choices.map { $0.path.dropFirst(folder.count + 1) } == [
          "untitled2.grd.md", "a.grd.md", "b.grd.md", "untitled.grd.md",
        ])
      #expect(home.choices[2].title == "Second")
      #expect(home.choices[2].note == "1 cell")
      #expect(home.press(.character("j")) == nil)
      #expect(home.press(.down) == nil)
      #expect(home.press(.enter) == .open(folder + "/b.grd.md"))
      #expect(home.press(.character("q")) == .quit)
    }
  }

  @Test func `unsaved work comes first, then what was opened last, and nothing twice`() throws {
    try withTemporaryFolder { folder in
      let (here, far) = (folder + "/here", folder + "/far")
      FileBytes.makeFolder(here + "/notebooks")
      FileBytes.makeFolder(far)
      for path in [
        here + "/a.grd.md", here + "/b.grd.md", far + "/c.grd.md", here + "/notebooks/e.grd.md",
      ] {
        try FileBytes.writeAtomically([], to: path)
      }
      for name in [".b.grd.journal", ".lost.grd.journal", ".untitled.grd.journal"] {
        try FileBytes.writeAtomically([1], to: here + "/" + name)
      }
      let known = [far + "/c.grd.md", here + "/a.grd.md", far + "/gone.grd.md"]
        .map { FileBytes.realPath($0) ?? $0 }
      let home = Home(folder: here, recent: known)
      let names = home.choices.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }
      #expect(
        names == [
          "untitled2.grd.md", "b.grd.md", "lost.grd.md", "untitled.grd.md", "c.grd.md", "a.grd.md",
          "e.grd.md",
        ])
      let sections = home.choices.map(\.section)
      #expect(sections[1...3].allSatisfy { $0 == "unsaved work" })
      #expect(sections[4...] == ["opened last", "in this folder", "examples"])
      #expect(home.draw(columns: 80, rows: 24).plainText().contains("unsaved work"))
    }
  }

  @Test func `lessons stand behind the notebooks with how far they are`() throws {
    try withTemporaryFolder { folder in
      FileBytes.makeFolder(folder + "/lessons")
      try FileBytes.writeAtomically(
        Array(LessonText.small.utf8), to: folder + "/lessons/03-doubles.grd.md")
      var home = Home(folder: folder)
      var progress = Progress()
      progress.answered("doubles", "size", isRight: true, today: 1)
      home.offer(LessonShelf(folder + "/lessons"), progress)
      let screen = home.draw(columns: 80, rows: 24).plainText()
      #expect(screen.contains("lessons") && screen.contains("Doubles, 1/6"))
      #expect(home.press(.character("G")) == nil)
      #expect(home.press(.enter) == .learn("3"))
      #expect(home.press(.character("l")) == .learn(""))
      #expect(home.press(.character("m")) == .map)
    }
  }

  @Test func `the screen shows what can be chosen, in every size`() {
    let home = Home(choices: [
      Home.Choice(path: "untitled.grd.md", title: "a new page", note: ""),
      Home.Choice(path: "notebooks/first-light.grd.md", title: "First light", note: "6 cells"),
    ])
    expectGolden(home.draw(columns: 80, rows: 12).plainText(), "home-80x12")
    for columns in [1, 5, 20, 200] {
      for rows in [1, 2, 5, 60] {
        #expect(home.draw(columns: columns, rows: rows).width == columns)
      }
    }
  }
}
