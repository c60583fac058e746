import Language
import Library
import Tensors
import Testing

/// Runs a program and gives the printed text of everything it showed.
func shown(_ source: String, seed: UInt64 = 1, folder: String = ".") throws -> [String] {
  let context = EvaluationContext(stream: RandomStream(seed: seed), folder: folder)
  let result = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
  return result.output.map { item in
    switch item {
    case .text(let text): text
    case .value(let value): value.text()
    }
  }
}

/// Runs a program that should fail and gives its diagnosis.
func diagnosis(_ source: String) -> String {
  do {
    return "no error: \(try shown(source))"
  } catch let error as LanguageError {
    return error.rendered(source: source)
  } catch {
    return "\(error)"
  }
}

@Suite struct ExampleTests {
  static let entries = StandardLibrary.entries

  @Test(arguments: entries.map(\.name))
  func `every example of a word prints what it promises`(name: String) throws {
    let entry = try #require(StandardLibrary.reference.entry(named: name))
    #expect(!entry.examples.isEmpty)
    for example in entry.examples {
      let printed = try shown(example.source).last
      if let promised = example.prints { #expect(printed == promised, "\(example.source)") }
    }
  }

  @Test func `every entry says what it does and what each argument is`() {
    for entry in Self.entries {
      #expect(entry.summary.hasSuffix("."), "\(entry.name)")
      #expect(entry.arguments.allSatisfy { $0.summary.hasSuffix(".") }, "\(entry.name)")
    }
  }

  @Test func `every definition of the prelude can be read`() throws {
    for name in Prelude.definitions.keys.sorted() {
      #expect(try shown("typeof(\(name))") == ["function"])
    }
  }
}
