import Testing

@testable import Vocabulary

@Suite struct CatalogTests {
  private let catalog = Catalog(
    [
      Entry("sum", family: "Reduce", summary: "Adds.", examples: []),
      Entry("softmax", aliases: ["smax"], family: "Activate", summary: "Shares.", examples: []),
    ], entry: { $0 })

  @Test func `an alias finds its entry and a suggestion gives the real name`() {
    #expect(catalog["smax"]?.name == "softmax")
    #expect(catalog.suggestion(for: "smx") == "softmax")
    #expect(catalog["max"] == nil)
  }

  @Test func `completions are sorted by name`() {
    #expect(catalog.completions(of: "s").map(\.name) == ["softmax", "sum"])
  }

  @Test func `a signature shows defaults and rest arguments`() {
    let entry = Entry(
      "concat", family: "Shape",
      [
        Argument("axis", .integer, "Axis.", default: "0"),
        Argument("xs", .tensor, "Parts.", variadic: true),
      ], summary: "Joins.", examples: [])
    #expect(entry.signature == "concat(axis=0, xs…)")
  }
}
