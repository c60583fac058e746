import Language
import Tensors
import TestSupport
import Testing

@testable import Library

@Suite struct PublishedNetworkTests {
  private func value(of source: String) throws -> String {
    let context = EvaluationContext()
    _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    guard case .value(let value)? = context.output.last else { return "" }
    return value.text(width: 80)
  }

  // The others are the examples of their words; this is the one that shares its word.
  @Test func `ResNet-152 has as many weights as was published`() throws {
    #expect(try value(of: "count_built(() => ResNet([3, 8, 36, 3]))") == "60192808")
  }

  @Test(arguments: [
    ("ResNet([1, 1, 1, 1], classes=10, h=4)(zeros(1, 3, 64, 64)).shape", "(1, 10)"),
    ("InvertedResidual(8, 16, 4, stride=2, squeeze=2)(zeros(1, 8, 8, 8)).shape", "(1, 16, 4, 4)"),
    (
      "ViTBase(10, size=16, patch=8, d=8, layers=1, heads=2)(zeros(2, 3, 16, 16)).shape", "(2, 10)"
    ),
    ("BERT(20, context=8, d=8, layers=1, heads=2)(range(4)[none]).whole.shape", "(1, 8)"),
    ("GPT2(20, context=8, d=8, layers=1, heads=2)(range(4)[none]).shape", "(1, 4, 20)"),
  ])
  func `a small form of a published network takes what the large one does`(
    source: String, shape: String
  ) throws {
    #expect(try value(of: source) == shape)
  }

  @Test func `counting leaves the random numbers of a cell as they are`() throws {
    let counted = try value(of: "count_built(() => Linear(3, 2)); rand(2)")
    #expect(try value(of: "rand(2)") == counted && counted != "[0, 0]")
  }
}
