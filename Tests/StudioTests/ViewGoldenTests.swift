import Drawing
import Notebooks
import TestSupport
import Testing

@testable import Studio
@testable import Terminal

/// Every view at three sizes, without colours, with 16 and with 256.
@Suite struct ViewGoldenTests {
  private static let page = """
    # Squares

    A parabola, a short training, and a mistake: all that a page may have.

    ```gradus #f params
    f(x) = x^2   # a comment
    xs = linspace(-2, 2, 41)
    ```

    ```gradus #curve
    plot(xs, [f(x) for x in xs], title="x squared")
    ```

    ```gradus #run
    r = train(Linear(2, 2), moons(64), epochs=2)
    await(r)
    dashboard(r)
    ```

    ```gradus #table
    d = dataset("iris");
    for i in range(60) { print(i) }
    ```

    ```gradus #wrong
    zeros(2, 3) @ ones(2, 3)
    ```

    """

  private static let views: [(name: String, keys: String)] = [
    ("page", "gg"), ("edit", "gg}j<enter><end>"), ("help", "?"), ("palette", ":ru"),
    ("completion", "G<enter><c-e><enter>so<tab>"), ("variables", "V"), ("runs", "R"),
    ("outline", "t"),
    ("queue", "Q"), ("pager", "/range<enter>P"), ("data", "VG kv"), ("difference", "ggdd<esc>D"),
    ("range", "ggJJ"), ("search", "/zeros"), ("bin", "ggdd:bin<enter>"), ("recall", "<c-r>"),
    ("dashboard", "/dashboard<enter>"), ("question", "ggddq"), ("recovery", ""), ("merge", ""),
    ("locked", ""), ("small", ""),
  ]

  private func stage(_ view: (name: String, keys: String), _ columns: Int, _ rows: Int) -> Stage {
    var stage = Stage(ViewGoldenTests.evaluated)
    stage.state.size = (columns, rows)
    stage.state.refresh()
    stage.state.message = ""
    stage.press(view.keys)
    switch view.name {
    case "recovery": stage.state.mode = .ask(.recovery(recovered: stage.state.cells))
    case "merge": stage.state.mode = .ask(.changed(theirs: []))
    case "locked": stage.state.mode = .ask(.locked(owner: 42, canAttach: true))
    case "small":
      stage.state.size = (min(39, columns), 7)
    default: break
    }
    stage.state.refresh()
    return stage
  }

  /// Run once for all.
  private static let evaluated: Stage = {
    var stage = Stage(page, columns: 80, rows: 24)
    stage.play("ea")
    return stage
  }()

  @Test(arguments: views.map(\.name), [(40, 12), (80, 24), (160, 50)])
  func `every view looks as it should`(name: String, size: (columns: Int, rows: Int)) throws {
    let view = try #require(ViewGoldenTests.views.first { $0.name == name })
    let grid = StudioView.draw(stage(view, size.columns, size.rows).state).grid
    var sections = [untimed(grid.plainText())]
    for colors in [0, 16, 256] {
      let picture = Palette(count: colors).drawn(grid)
      #expect(picture.plainText() == grid.plainText())
      if colors > 0 {
        sections.append(untimed(picture.ansiText()).replacing("\u{1B}", with: "␛"))
      }
    }
    expectGolden(sections.joined(separator: "\n=\n"), "view-\(name)-\(size.columns)x\(size.rows)")
  }

  @Test func `every glyph that is drawn has a plain one`() {
    var missing: Set<Character> = []
    for view in ViewGoldenTests.views {
      let grid = StudioView.draw(stage(view, 160, 50).state).grid
      for row in 0..<grid.height {
        for column in 0..<grid.width {
          let character = grid[column, row].character
          guard let scalar = character.unicodeScalars.first, !scalar.isASCII,
            !character.isLetter, scalar != "\u{0}"
          else { continue }
          if PlainGlyphs.nearest(scalar) == 0x3F { missing.insert(character) }
        }
      }
    }
    #expect(missing.isEmpty, "\(missing.sorted())")
  }

  /// Lengths of time are not the same twice; neither is the room around them.
  private func untimed(_ text: String) -> String {
    let time = /(< 1 ms|\d+(\.\d)? (ms|s|min)\b)/
    let isOfRuns = text.contains("run.1  finished")
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // The columns of the runs are as wide as their times, and the last may be cut.
      if isOfRuns {
        return String(line).replacing(/(loss\ [0-9.]+).*/) { String($0.1) }
          .replacing(/\ {2,}/, with: "  ")
      }
      guard line.firstMatch(of: time) != nil else { return String(line) }
      return String(line).replacing(time, with: "TIME").replacing(/\ {2,}/, with: "  ")
        .replacing(/─+/, with: "─")
    }.joined(separator: "\n")
  }
}
