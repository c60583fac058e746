import Files
import Lessons
import Studio
import Terminal
import TestSupport
import Testing

@Suite struct MapScreenTests {
  private func keys(_ script: String, _ screen: inout MapScreen) -> MapScreen.Answer? {
    for key in KeyScript.keys(script) { if let answer = screen.press(key) { return answer } }
    return nil
  }

  /// The screen with one lesson and one notebook of the zoo, and what the arrow stands on.
  private func begun(_ folder: String) throws -> MapScreen {
    FileBytes.makeFolder(folder + "/zoo")
    try FileBytes.writeAtomically([], to: folder + "/zoo/lenet.grd.md")
    let text = LessonText.small.replacing("lesson: 3", with: "lesson: 11")
    FileBytes.makeFolder(folder + "/lessons")
    try FileBytes.writeAtomically(Array(text.utf8), to: folder + "/lessons/11-x.grd.md")
    return MapScreen(TopicMap(folder, LessonShelf(folder + "/lessons")))
  }

  private func go(to text: String, _ screen: inout MapScreen) -> Bool {
    _ = screen.press(.character("g"))
    for _ in 0..<300 {
      let line = screen.draw(columns: 120, rows: 40).plainText().split(separator: "\n")
        .first { $0.hasPrefix("▌") }
      if line?.contains(text) == true { return true }
      _ = screen.press(.down)
    }
    return false
  }

  @Test func `the tree opens, and a topic opens its notebook or says that it is planned`() throws {
    try withTemporaryFolder { folder in
      var screen = try begun(folder)
      let first = screen.draw(columns: 80, rows: 24).plainText()
      #expect(first.contains("▾ fundamentals") && first.contains("  ▸ Networks"))
      #expect(!first.contains("One neuron"))
      #expect(keys("o", &screen) == nil)
      #expect(go(to: "neuron", &screen))
      #expect(keys("<enter>", &screen) == nil)
      #expect(
        screen.draw(columns: 120, rows: 40).plainText()
          .contains("planned: nothing treats neuron yet"))
      // Two notebooks: the topic opens, each leaf leads on.
      #expect(go(to: "convolution  Filters", &screen))
      #expect(keys("<enter>", &screen) == nil)
      #expect(keys("j<enter>", &screen) == .go(.lesson("11")))
      #expect(keys("j<enter>", &screen) == .go(.file(folder + "/zoo/lenet.grd.md")))
      #expect(go(to: "feature-learning", &screen))
      #expect(keys("<enter>", &screen) == .go(.lesson("11")))
      #expect(keys("q", &screen) == .quit)
    }
  }

  @Test func `the map is drawn in every size`() throws {
    try withTemporaryFolder { folder in
      var screen = try begun(folder)
      for columns in [1, 5, 20, 200] {
        for rows in [1, 2, 5, 60] {
          #expect(screen.draw(columns: columns, rows: rows).width == columns)
          _ = keys("Gk<enter>", &screen)
        }
      }
    }
  }
}
