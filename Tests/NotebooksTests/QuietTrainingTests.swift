import Language
import Notebooks
import Tensors
import Testing

@testable import Library

/// Trainings in loops and functions, which are neither drawn nor recorded.
@Suite struct QuietTrainingTests {
  private func evaluated(_ source: String) throws -> (last: Value, result: Evaluation) {
    let context = EvaluationContext(stream: RandomStream(seed: 4))
    let result = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = context.output.last else { return (.none, result) }
    return (value, result)
  }

  private let data =
    "d = (x=randn(40, 3), y=range(40) % 2)\nm = Linear(3, 8) >> Dropout(0.2) >> Linear(8, 2)\n"

  @Test(arguments: [
    "r = train(m, d, opt=Adam(0.01), epochs=3, batch=16, val=d, augment=b => b$)\n[...r.history, ...r.val.loss, ...reshape(r.model[0].weight, -1)]",
    "r = train(2.0, d, step=(w, b) => (w - 0.1 * rand(1)[0], (loss=w)), steps=5$)\n[...r.history, r.model]",
  ])
  func `a quiet training gives the same bits`(rest: String) throws {
    let loud = try evaluated(data + rest.replacing("$", with: ""))
    let quiet = try evaluated(data + rest.replacing("$", with: ", quiet=true"))
    #expect(loud.result.started.count == 1 && quiet.result.started.isEmpty)
    let (a, b) = (loud.last.variable?.value, quiet.last.variable?.value)
    #expect(a != nil && a?.array(of: Float.self) == b?.array(of: Float.self))
  }

  @Test func `a quiet training has ended when it is there, and is in no list`() throws {
    #expect(
      try evaluated(
        data
          + "r = train(m, d, steps=3, quiet=true)\ns = train(m, d, steps=3)\n(r.status, len(runs()))"
      ).last.text(width: 40) == "(\"finished\", 1)")
  }

  @Test func `a quiet training leaves nothing in the file of a notebook`() {
    let page =
      "---\nseed: 3\n---\n```gradus #a\n\(data)best = max([train(m, d, opt=SGD(lr), steps=9, quiet=true).loss for lr in [0.1, 0.2]])\nbest < 9\n```\n"
    func written(_ text: String) -> String {
      let session = Session(Notebook(Array(text.utf8)), folder: ".")
      session.runAll()
      return String(decoding: session.written().bytes(), as: UTF8.self)
    }
    let quiet = written(page)
    #expect(quiet.contains("\ntrue\n") && !quiet.contains("series"))
    #expect(written(page.replacing(", quiet=true", with: "")).contains("```series a.2"))
    #expect(Verification(Notebook(Array(quiet.utf8)), folder: ".").differences == [])
  }

  @Test func `a mistake of a quiet training is told at once`() throws {
    let error = #expect(throws: (any Error).self) {
      try evaluated(
        "train(Linear(1, 1), (x=[[1.0]], y=[[1e30]]), loss=mse, opt=SGD(1e30), steps=9, quiet=true)\n1"
      )
    }
    #expect(
      (error as? LanguageError)?.message.contains("step") == true, "\(error.debugDescription)")
  }

  // A step that trains something is not repeated from a plan, which would leave the training out.
  @Test func `a training inside a step is done at every step`() throws {
    let source =
      "inner(w) = train([w], (x=[[1.0]]), step=(s, b) => (s + 1.0, (loss=s[0])), steps=1, quiet=true).model[0]\n"
      + "train(0.0, (x=[[1.0]]), step=(w, b) => (inner(w), (loss=w)), steps=6).model"
    #expect(try evaluated(source).last.text(width: 40) == "6")
  }
}
