import Autograd
import Language
import Layers
import Tensors

/// What is known of the size of samples in a chain that does not begin with Input: the size that the
/// last layer gives which has one, taken through the words and functions behind it.
enum ChainWidth {
  case lastAxis(Int, from: Value)
  case channels(Int, from: Value)
  case unknown

  init(behind parts: [Value], _ interpreter: Interpreter) {
    var (width, behind) = (ChainWidth.unknown, parts.startIndex)
    for at in parts.indices.reversed() {
      width = ChainWidth.given(by: parts[at])
      behind = at + 1
      if case .unknown = width { continue }
      break
    }
    for part in parts[behind...] where !ChainWidth.keepsShape(part) {
      width = width.through(part, interpreter)
    }
    self = width
  }

  /// The size behind a part: what it gives for samples of every form that it takes, if that is one.
  private func through(_ part: Value, _ interpreter: Interpreter) -> ChainWidth {
    let forms: [[Int]]
    switch self {
    case .lastAxis(let n, _): forms = [[2, n], [2, 6, n], [2, 3, 6, n]]
    case .channels(let n, _): forms = [[2, n, 24, 32], [3, n, 32, 40]]
    case .unknown: return .unknown
    }
    var found: [(width: Int, isLast: Bool)] = []
    for form in forms {
      let given = Outline.tensor(form)
      guard
        let outline = interpreter.outline(of: part, given: given, rule: OutlineRules.result)
      else { continue }
      guard let dims = outline.dims, dims.count > 1, dims[0] == form[0] else { return .unknown }
      switch (self, dims.count) {
      case (.channels, 4): found.append((dims[1], isLast: false))
      case (.channels, 2), (.lastAxis, form.count):
        found.append((dims[dims.count - 1], isLast: true))
      default: return .unknown
      }
    }
    guard let first = found.first, found.allSatisfy({ $0 == first }) else { return .unknown }
    return first.isLast ? .lastAxis(first.width, from: part) : .channels(first.width, from: part)
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

  /// Layers that take the size of the last axis, and those that take channels of images.
  private static let ofLastAxis: Set = [
    "Linear", "LayerNorm", "RMSNorm", "Attention", "RNN", "GRU", "LSTM",
  ]
  private static let ofChannels: Set = ["Conv", "BatchNorm", "InstanceNorm", "GroupNorm"]

  /// The next part, with its input size filled in where it is left out; a part that takes another size
  /// is refused.
  static func completed(_ part: Value, behind parts: [Value], _ interpreter: Interpreter) throws
    -> Value
  {
    guard case .object(let object) = part, let layer = (object as? LayerObject)?.layer,
      ofLastAxis.union(ofChannels).contains(layer.kind.entry.name)
    else { return part }
    let (size, source, sample): (Int, Value, [Int])
    switch ChainWidth(behind: parts, interpreter) {
    case .lastAxis(let n, let from) where ofLastAxis.contains(layer.kind.entry.name):
      (size, source, sample) = (n, from, [n])
    case .channels(let n, let from) where ofChannels.contains(layer.kind.entry.name):
      (size, source, sample) = (n, from, [n, 1, 1])
    case .lastAxis, .channels, .unknown: return part
    }
    if layer.needsInput {
      var stream = interpreter.context.stream.split()
      return .object(LayerObject(try layer.completed(for: sample, &stream)))
    }
    guard let expected = layer.kind.inputSetting.flatMap(layer.size), expected != size else {
      return part
    }
    throw LanguageError(
      "layer",
      "this layer cannot take what comes before it: `\(layer.text)` expects \(expected), "
        + "`\(Model.label(source))` gives \(size)", hint: resized(layer, from: expected, to: size))
  }

  /// The layer written for the size that it gets, where that stands first.
  private static func resized(_ layer: Layer, from expected: Int, to size: Int) -> String? {
    let (name, text) = (layer.kind.entry.name, layer.text)
    let start = "\(name)(\(expected)"
    guard name != "GroupNorm", text.hasPrefix(start) else { return nil }
    return "\(name)(\(size)" + text.dropFirst(start.count)
  }
}

extension Layer {
  fileprivate func size(_ name: String) -> Int? {
    if case .integer(let n)? = settings[name] { n } else { nil }
  }
}
