import Autograd
import Language
import Layers
import Tensors

/// What is known of the size of samples in a chain that does not begin with Input: the size that the
/// last layer gives, as long as only words of single elements follow it.
enum ChainWidth {
  case lastAxis(Int, from: Value)
  case channels(Int, from: Value)
  case unknown

  init(behind parts: [Value]) {
    for part in parts.reversed() {
      if ChainWidth.keepsShape(part) { continue }
      self = ChainWidth.given(by: part)
      return
    }
    self = .unknown
  }

  private static func keepsShape(_ part: Value) -> Bool {
    switch part {
    case .builtin(let word):
      word.entry.family == "Activations" && word.entry.name != "logsumexp"
    case .object(let object):
      ["Dropout", "LayerNorm", "RMSNorm"].contains((object as? LayerObject)?.layer.kind.entry.name)
    default: false
    }
  }

  private static func given(by part: Value) -> ChainWidth {
    guard case .object(let object) = part, let layer = (object as? LayerObject)?.layer,
      !layer.needsInput
    else { return .unknown }
    switch layer.kind.entry.name {
    case "Linear": return layer.size("out").map { .lastAxis($0, from: part) } ?? .unknown
    case "Embedding": return layer.size("d").map { .lastAxis($0, from: part) } ?? .unknown
    case "Conv": return layer.size("out").map { .channels($0, from: part) } ?? .unknown
    default: return .unknown
    }
  }

  /// The next part, with its input size filled in where it is left out; a part that takes another size
  /// is refused.
  func completed(_ part: Value, _ interpreter: Interpreter) throws -> Value {
    guard case .object(let object) = part, let layer = (object as? LayerObject)?.layer else {
      return part
    }
    let (size, source): (Int, Value)
    switch (self, layer.kind.entry.name) {
    case (.lastAxis(let n, let from), "Linear"): (size, source) = (n, from)
    case (.channels(let n, let from), "Conv"): (size, source) = (n, from)
    default: return part
    }
    if layer.needsInput {
      var stream = interpreter.context.stream.split()
      let sample = layer.kind.entry.name == "Conv" ? [size, 1, 1] : [size]
      return .object(LayerObject(try layer.completed(for: sample, &stream)))
    }
    guard let expected = layer.size("in"), expected != size else { return part }
    throw LanguageError(
      "layer",
      "this layer cannot take what comes before it: `\(layer.text)` expects \(expected), "
        + "`\(Model.label(source))` gives \(size)", hint: resized(layer, size))
  }

  /// The layer written for the size that it gets.
  private func resized(_ layer: Layer, _ size: Int) -> String? {
    let text = layer.text
    guard let comma = text.firstIndex(of: ","), let open = text.firstIndex(of: "(") else {
      return nil
    }
    return text[...open] + "\(size)" + text[comma...]
  }
}

extension Layer {
  fileprivate func size(_ name: String) -> Int? {
    if case .integer(let n)? = settings[name] { n } else { nil }
  }
}
