import Autograd
import Language
import Plots
import Tensors
import Vocabulary

/// Words that show what a model attends to.
extension StandardLibrary {
  private static func rows(_ all: [Double], _ start: Int, _ n: Int, _ m: Int) -> [[Double]] {
    (0..<n).map { Array(all[(start + $0 * m)..<(start + ($0 + 1) * m)]) }
  }

  static let attentionWords: [Builtin] = [
    Builtin(
      plotEntry(
        "attention_maps",
        [
          Argument(
            "weights", .any,
            "Attention [layers, heads, n, m] or [heads, n, m], or a list with [heads, n, m] per layer."
          )
        ], "The attention of every layer and head as a small map, with how even its look is.",
        "attention_maps([[[1.0, 0.0], [0.5, 0.5]]])")
    ) { call, interpreter in
      var layers: [Tensor] = []
      if let x = call["weights"].variable?.value {
        switch x.rank {
        case 3: layers = [x]
        case 4: layers = try (0..<x.dims[0]).map { try x.indexed([.index($0)]) }
        default: throw call.wrong("weights", expected: "attention [layers, heads, n, m]")
        }
      } else {
        layers = try call.elements("weights", interpreter).map { value in
          guard var x = value.variable?.value else {
            throw call.wrong("weights", expected: "a list of attention [heads, n, m]")
          }
          if x.rank == 4, x.dims[0] == 1 { x = try x.indexed([.index(0)]) }
          guard x.rank == 3 else {
            throw call.wrong("weights", expected: "a list of attention [heads, n, m]")
          }
          return x
        }
      }
      let maps = layers.map { layer -> [[[Double]]] in
        let (n, m) = (layer.dims[1], layer.dims[2])
        let all = layer.array(of: Double.self)
        return (0..<layer.dims[0]).map { rows(all, $0 * n * m, n, m) }
      }
      return .object(PlotObject { AttentionMaps(maps) })
    },
    Builtin(
      plotEntry(
        "shade",
        [
          Argument("tokens", .any, "Words: a list of texts, or a text."),
          Argument("weights", .tensor, "A weight for each word [n]."), titleArgument,
        ], "Words shaded by their weights, as prose: attention, saliency, probabilities.",
        "shade(\"the cat sat\", [0.1, 0.7, 0.2])")
    ) { call, interpreter in
      let tokens = try names(call, "tokens", interpreter)
      let weights = try numbers(call, "weights")
      guard tokens.count == weights.count else {
        throw call.error(
          "\(tokens.count) words need \(tokens.count) weights, not \(weights.count)", at: "weights")
      }
      let text = ShadedText(tokens, weights, title: try call.text("title"))
      return .object(PlotObject { text })
    },
  ]
}
