import Files
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
