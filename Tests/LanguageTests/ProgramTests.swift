import Language
import Library
import Tensors
import Testing

@Suite struct ProgramTests {
  @Test(arguments: ProgramCase.files)
  func `every program prints, or says of its mistake, what its comments state`(file: String) throws
  {
    let cases = try ProgramCase.all(in: file)
    #expect(!cases.isEmpty)
    for program in cases {
      #expect(
        program.prints.count + program.diagnosis.count > 0 || program.source.contains("assert"),
        "nothing is stated: \(program.source)")
      try check(program)
    }
  }

  @Test func `there are programs for every feature of the language`() throws {
    #expect(try ProgramCase.files.map { try ProgramCase.all(in: $0).count }.reduce(0, +) >= 400)
  }

  @Test(arguments: ProgramCase.files)
  func `a formatted program prints the same, and is formatted already`(file: String) throws {
    for program in try ProgramCase.all(in: file) where program.diagnosis.isEmpty {
      let formatted = try SourceFormat.formatted(program.source)
      #expect(try SourceFormat.formatted(formatted) == formatted)
      let (printed, failure) = run(formatted)
      #expect(printed == program.prints, "\(formatted)")
      #expect(failure == nil, "\(formatted)")
    }
  }

  /// The lines a program prints, and its diagnosis when it fails.
  private func run(_ source: String) -> (printed: [String], failure: String?) {
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    var failure: String?
    do {
      _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    } catch {
      failure = error.rendered(source: source)
    }
    let printed = context.output.flatMap { item in
      switch item {
      case .text(let text): lines(text)
      case .value(let value): lines(value.text())
      }
    }
    return (printed, failure)
  }

  private func check(_ program: ProgramCase) throws {
    let (printed, failure) = run(program.source)
    #expect(printed == program.prints, "\(program.source)")
    if program.diagnosis.isEmpty {
      #expect(failure == nil, "\(program.source)")
    } else {
      let said = try #require(failure, "no mistake was found: \(program.source)")
      for part in program.diagnosis { #expect(said.contains(part), "\(program.source)\n\(said)") }
    }
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
