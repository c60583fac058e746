import Language
import Testing

@testable import Library

/// Sizes that layers take from what stands before them, in chains whose input is open.
@Suite struct ChainWidthTests {
  private func value(of source: String) throws -> String {
    let context = EvaluationContext()
    _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = context.output.last else { return "" }
    return value.text(width: 80)
  }

  // Counted by hand: a Linear has in * out + out weights, a Conv in * out * k * k + out.
  @Test(arguments: [
    ("Linear(4, 8) >> residual(Linear(8, 8)) >> Linear(3)", 40 + 72 + 27),
    ("Linear(4, 8) >> residual(Linear(8, 8)) >> relu >> residual(relu) >> Linear(3)", 139),
    ("Linear(4, 8) >> LayerNorm() >> (x => concat([x, x], axis=-1)) >> Linear(3)", 56 + 51),
    ("Conv(1, 8, 3) >> MaxPool(2) >> Conv(16, 3)", 80 + 1168),
    (
      "Conv(1, 8, 3) >> BatchNorm() >> relu >> residual(Conv(8, 8, 3)) >> GlobalPool() >> Linear(10)",
      80 + 16 + 584 + 90
    ),
    ("Embedding(9, 8) >> LSTM(h=5) >> Linear(3)", 72 + 4 * 5 * (8 + 5 + 2) + 18),
  ])
  func `a size is taken through functions, windows and ways round`(chain: String, weights: Int)
    throws
  {
    #expect(try value(of: "count_params(\(chain))") == "\(weights)")
  }

  @Test func `blocks of which only sequences are taken hand their width on`() throws {
    #expect(
      try value(of: "(Embedding(9, 8) >> Block(8, 2) >> Linear(3))([[1, 2]]).shape") == "(1, 2, 3)")
  }

  @Test(arguments: [
    ("Linear(4, 8) >> residual(Linear(8, 8)) >> Linear(9, 3)", "gives 8", "Linear(8, 3)"),
    (
      "Conv(1, 8, 3) >> MaxPool(2) >> BatchNorm(16)", "`MaxPool(2)` gives 8",
      "BatchNorm(8, eps=1e-05)"
    ),
  ])
  func `a size that does not fit behind a way round is told when the chain is made`(
    chain: String, told: String, hint: String
  ) throws {
    let error = #expect(throws: LanguageError.self) { try value(of: chain) }
    #expect(error?.message.contains(told) == true, "\(error?.message ?? "")")
    #expect(error?.hint == hint)
  }

  @Test(arguments: [
    // Wide for batches of rows, narrow for batches of sequences.
    "Linear(4, 8) >> (x => if x.ndim == 3 { x[:, 0, :4] } else { x }) >> Linear(9, 3)",
    // What flatten gives hangs on the size of the images.
    "Conv(1, 8, 3) >> flatten >> Linear(99, 3)",
    "Linear(4, 8) >> (x => if sum(x) > 0 { x } else { x[:, :2] }) >> Linear(9, 3)",
    "Linear(4, 8) >> (x => mean(x, axis=1)) >> Linear(9, 3)",
  ])
  func `what cannot be known is left open`(chain: String) throws {
    #expect(try value(of: "len(\(chain))") == "3")
  }

  @Test func `the shape behind a way round is known before a program runs`() {
    let source =
      "m = Linear(4, 8) >> residual(Linear(8, 8)) >> Linear(3)\nm(zeros(5, 4))\n"
      + "Linear(4, 8) >> residual(Linear(8, 8)) >> Linear(9, 3)"
    let readings = StandardLibrary.shapes(of: source, in: Names())
    #expect(readings.prefix(2).map(\.text) == ["model", "f32 [5, 3]"])
    #expect(readings[2].diagnosis?.message.contains("expects 9") == true)
  }

  @Test func `asking for a size leaves the random numbers as they are`() throws {
    let behind = try value(
      of: "m = Linear(2, 3) >> residual(x => x + rand(3)) >> Linear(3, 1); rand(2)")
    #expect(try value(of: "m = [Linear(2, 3), Linear(3, 1)]; rand(2)") == behind)
  }
}
