import Drawing
import Plots
import Testing

/// Plots as SVG: well-formed, with every dot and every letter of the text form.
@Suite struct VectorGraphicsTests {
  /// The elements of a document in order; nil when tags do not close in order or text has raw marks.
  private func elements(_ document: String) -> [String]? {
    var open: [String] = []
    var found: [String] = []
    var rest = Substring(document)
    while let start = rest.firstIndex(of: "<") {
      guard !rest[..<start].contains(">") else { return nil }
      guard let end = rest[start...].firstIndex(of: ">") else { return nil }
      let tag = rest[rest.index(after: start)..<end]
      guard tag.count(where: { $0 == "\"" }) % 2 == 0, !tag.contains("<") else { return nil }
      let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter })
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return nil }
      } else {
        found.append(name)
        if !tag.hasSuffix("/") { open.append(name) }
      }
      rest = rest[rest.index(after: end)...]
    }
    return open.isEmpty ? found : nil
  }

  @Test(arguments: GoldenTests.pictures.map(\.name))
  func `every plot is a well-formed document with all its dots`(name: String) throws {
    let picture = try #require(GoldenTests.pictures.first { $0.name == name }?.picture)
    for depth in [ColorDepth.none, .palette] {
      let grid = picture.draw(width: 80, height: nil, depth: depth)
      let found = try #require(elements(grid.svg(title: picture.description)))
      let dots = grid.plainText().unicodeScalars.reduce(0) { sum, scalar in
        (0x2800...0x28FF).contains(scalar.value)
          ? sum + (scalar.value - 0x2800).nonzeroBitCount : sum
      }
      #expect(found.count { $0 == "circle" } == dots)
      #expect(found.first == "svg" && found.count { $0 == "title" } == 1)
    }
  }

  @Test func `marks of the language of documents are written as entities`() {
    var grid = Grid(width: 12, height: 1)
    grid.write("a<b>&\"c\"", column: 0, row: 0)
    let document = grid.svg(title: "x < y & \u{1B}[2J")
    #expect(document.contains("a&lt;b&gt;&amp;&quot;c&quot;"))
    #expect(document.contains("<title>x &lt; y &amp; ␛[2J</title>"))
  }

  @Test func `colours are those of the cube and of the greys`() {
    // xterm's table: 16 is black, 231 white, 196 pure red, 232 and 255 the darkest and lightest grey.
    let known: [(UInt8, UInt32)] = [
      (16, 0x000000), (231, 0xFFFFFF), (196, 0xFF0000), (39, 0x00AFFF), (232, 0x080808),
      (255, 0xEEEEEE), (208, 0xFF8700),
    ]
    for (index, rgb) in known { #expect(Palette256.rgb(Color(index)) == rgb, "\(index)") }
  }
}
