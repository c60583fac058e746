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

  // The weights of torchvision 0.28, by its names; those from BERT on are of Hugging Face's models.
  @Test(arguments: [
    ("AlexNet()", 61_100_840),  // alexnet
    ("VGG(11)", 132_863_336), ("VGG(13)", 133_047_848), ("VGG(16)", 138_357_544),
    ("VGG(19)", 143_667_240),
    ("SqueezeNet()", 1_235_496),  // squeezenet1_1
    ("ResNet([2, 2, 2, 2], basic=true)", 11_689_512),  // resnet18
    ("ResNet([3, 4, 6, 3], basic=true)", 21_797_672),  // resnet34
    ("ResNet([3, 4, 6, 3])", 25_557_032),  // resnet50
    ("ResNet([3, 4, 23, 3])", 44_549_160),  // resnet101
    ("ResNet([3, 8, 36, 3])", 60_192_808),  // resnet152
    ("ResNet([3, 4, 6, 3], inner=2)", 68_883_240),  // wide_resnet50_2
    ("ResNet([3, 4, 23, 3], inner=2)", 126_886_696),  // wide_resnet101_2
    ("ResNet([3, 4, 6, 3], inner=2, groups=32)", 25_028_904),  // resnext50_32x4d
    ("ResNet([3, 4, 23, 3], inner=4, groups=32)", 88_791_336),  // resnext101_32x8d
    ("DenseNet([6, 12, 24, 16])", 7_978_856),  // densenet121
    ("DenseNet([6, 12, 32, 32])", 14_149_480),  // densenet169
    ("DenseNet([6, 12, 48, 32])", 20_013_928),  // densenet201
    ("MobileNetV2()", 3_504_872), ("EfficientNetB0()", 5_288_548),
    ("ShuffleNetV2([48, 96, 192])", 1_366_792),  // shufflenet_v2_x0_5
    ("ShuffleNetV2()", 2_278_604),  // shufflenet_v2_x1_0
    ("ConvNeXt([3, 3, 9, 3])", 28_589_128),  // convnext_tiny
    ("ConvNeXt([3, 3, 27, 3])", 50_223_688),  // convnext_small
    ("ConvNeXt([3, 3, 27, 3], d=128)", 88_591_464),  // convnext_base
    ("ViTBase()", 86_567_656), ("ViTBase(patch=32)", 88_224_232),  // vit_b_16, vit_b_32
    ("ViTBase(d=1024, layers=24, heads=16)", 304_326_632),  // vit_l_16
    ("ViTBase(d=1024, layers=24, heads=16, patch=32)", 306_535_400),  // vit_l_32
    ("Swin()", 28_288_354), ("Swin(blocks=[2, 2, 18, 2])", 49_606_258),  // swin_t, swin_s
    ("Swin(blocks=[2, 2, 18, 2], d=128)", 87_768_224),  // swin_b
    ("BERT()", 109_482_240),  // bert-base-uncased
    ("BERT(d=1024, layers=24, heads=16)", 335_141_888),  // bert-large-uncased
    ("GPT2()", 124_439_808),  // gpt2
    ("GPT2(d=1024, layers=24, heads=16)", 354_823_168),  // gpt2-medium
    ("GPT2(d=1280, layers=36, heads=20)", 774_030_080),  // gpt2-large
    ("T5()", 60_506_624), ("T5(d=768, layers=12, heads=12)", 222_903_552),  // t5-small, t5-base
    ("T5(d=1024, layers=24, heads=16)", 737_668_096),  // t5-large
  ])
  func `a network has as many weights as was published`(source: String, count: Int) throws {
    #expect(try value(of: "count_built(() => \(source))") == "\(count)")
  }

  // Thousand million products for a picture of 224 x 224, from the documentation of torchvision.
  @Test(arguments: [
    ("ResNet([2, 2, 2, 2], basic=true)", 1.814), ("MobileNetV2()", 0.301),
    ("EfficientNetB0()", 0.386), ("Swin()", 4.491), ("ShuffleNetV2()", 0.145),
    ("SqueezeNet()", 0.349),
  ])
  func `a network takes as many products as was published`(source: String, billions: Double) throws
  {
    let macs = try #require(Double(value(of: "flops(\(source), [1, 3, 224, 224], macs=true)")))
    #expect(abs(macs / 1e9 - billions) < 0.01 * billions, "\(macs)")
  }

  @Test(arguments: [
    ("ResNet([1, 1, 1, 1], classes=10, h=4)(zeros(1, 3, 64, 64)).shape", "(1, 10)"),
    ("ResNet([1, 1, 1], classes=10, h=8, inner=2, groups=4)(zeros(1, 3, 32, 32)).shape", "(1, 10)"),
    ("DenseNet([1, 2], classes=10, growth=4)(zeros(1, 3, 32, 32)).shape", "(1, 10)"),
    ("ConvNeXt([1, 1], classes=10, d=4)(zeros(1, 3, 16, 16)).shape", "(1, 10)"),
    ("InvertedResidual(8, 16, 4, stride=2, squeeze=2)(zeros(1, 8, 8, 8)).shape", "(1, 16, 4, 4)"),
    (
      "ViTBase(10, size=16, patch=8, d=8, layers=1, heads=2)(zeros(2, 3, 16, 16)).shape", "(2, 10)"
    ),
    ("Swin(10, [1, 2], d=8, window=2)(zeros(2, 3, 16, 16)).shape", "(2, 10)"),
    ("T5(20, d=8, layers=1, heads=2)(range(5)[none], range(3)[none]).shape", "(1, 3, 20)"),
    ("BERT(20, context=8, d=8, layers=1, heads=2)(range(4)[none]).whole.shape", "(1, 8)"),
    ("GPT2(20, context=8, d=8, layers=1, heads=2)(range(4)[none]).shape", "(1, 4, 20)"),
  ])
  func `a small form of a published network takes what the large one does`(
    source: String, shape: String
  ) throws {
    #expect(try value(of: source) == shape)
  }

  // Which points of a picture of 4 x 4 see one that changed, in windows of 2 x 2.
  @Test(arguments: [
    // Windows that lie side by side: the changed point's own.
    (0, "0, 0", "[[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"),
    // Shifted by one: the middle is a window, and a corner is parted from those it was rolled to.
    (1, "1, 1", "[[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]"),
    (1, "0, 0", "[[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"),
    (1, "3, 1", "[[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]]"),
  ])
  func `a shifted window sees its points and no others`(shift: Int, point: String, seen: String)
    throws
  {
    let source = """
      (b, x) = (SwinBlock(8, 2, window=2, shift=\(shift)), randn(1, 4, 4, 8))
      y = x
      y[0, \(point)] = randn(8)
      same(int(sum(abs(b(x) - b(y)), axis=-1)[0] > 0), \(seen))
      """
    #expect(try value(of: source) == "true")
  }

  // By the function of the published program (mesh_tensorflow, `_relative_position_bucket`), from NumPy.
  @Test(arguments: [
    (
      "distance_buckets(150)[0][[0, 1, 7, 8, 11, 12, 16, 22, 23, 32, 45, 46, 64, 90, 91, 149]]",
      "[0, 17, 23, 24, 24, 25, 26, 26, 27, 28, 28, 29, 30, 30, 31, 31]"
    ),
    ("distance_buckets(150)[149][[149, 141, 137, 0]]", "[0, 8, 9, 15]"),
    (
      "distance_buckets(200, both=false)[199][[199, 183, 180, 160, 100, 86, 85, 0]]",
      "[0, 16, 17, 22, 30, 31, 31, 31]"
    ),
    ("distance_buckets(3, both=false)[0]", "[0, 0, 0]"),
  ])
  func `distances fall into the published buckets`(source: String, buckets: String) throws {
    #expect(try value(of: source) == buckets)
  }

  @Test func `what T5 writes at a place does not depend on what follows`() throws {
    let source = """
      m = T5(20, d=8, layers=2, heads=2)
      (a, b) = (m(range(5)[none], [[1, 2, 3]]), m(range(5)[none], [[1, 2, 9]]))
      (max(abs(a - b)[0, :2]) == 0, max(abs(a - b)[0, 2]) > 0)
      """
    #expect(try value(of: source) == "(true, true)")
  }

  @Test func `counting leaves the random numbers of a cell as they are`() throws {
    let counted = try value(of: "count_built(() => Linear(3, 2)); rand(2)")
    #expect(try value(of: "rand(2)") == counted && counted != "[0, 0]")
  }
}
