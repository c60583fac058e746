import Autograd
import Tensors
import Vocabulary

/// What a layer may use while it runs.
package struct LayerContext: Sendable {
  /// Dropout drops only while training.
  package var isTraining: Bool
  package var stream: RandomStream

  package init(isTraining: Bool = false, stream: RandomStream = RandomStream(seed: 0)) {
    self.isTraining = isTraining
    self.stream = stream
  }
}

/// One kind of layer: how it describes itself, is made, and is applied.
package struct LayerKind: Sendable {
  package let entry: Entry
  /// The settings that count inputs, which a chain can fill in when they are left out.
  package let inputSetting: String?
  /// Fresh parameters for complete settings.
  let parameters:
    @Sendable (Attributes, inout RandomStream) throws -> [(name: String, value: Tensor)]
  /// The input size that a sample shape (without the batch axis) implies.
  let inputSize: @Sendable ([Int]) -> Int?
  let apply: @Sendable (Layer, Variable, inout LayerContext) throws -> Variable

  init(
    _ entry: Entry, inputSetting: String? = nil,
    inputSize: @escaping @Sendable ([Int]) -> Int? = { _ in nil },
    parameters:
      @escaping @Sendable (Attributes, inout RandomStream) throws -> [(
        name: String, value: Tensor
      )] = { _, _ in [] },
    apply: @escaping @Sendable (Layer, Variable, inout LayerContext) throws -> Variable
  ) {
    self.entry = entry
    self.inputSetting = inputSetting
    self.inputSize = inputSize
    self.parameters = parameters
    self.apply = apply
  }

  /// A layer with fresh parameters; they wait for the chain when the input size is left out.
  package func make(_ settings: Attributes, _ stream: inout RandomStream) throws -> Layer {
    try LayerKinds.check(settings, of: entry.name)
    var layer = Layer(kind: self, settings: settings, parameters: [])
    if !layer.needsInput { layer.fill(try parameters(settings, &stream)) }
    return layer
  }
}

/// A function of a tensor with settings and named parameters: a value, like everything else.
package struct Layer: Sendable {
  package let kind: LayerKind
  package private(set) var settings: Attributes
  /// In the kind's order.
  package var parameters: [(name: String, value: Variable)]
  package var isTraining = false

  init(kind: LayerKind, settings: Attributes, parameters: [(name: String, value: Variable)]) {
    self.kind = kind
    self.settings = settings
    self.parameters = parameters
  }

  /// Whether the size of its input is still to come from what stands before it.
  package var needsInput: Bool { kind.inputSetting.map { settings[$0] == nil } ?? false }

  /// The layer completed for samples of a shape (without the batch axis); unchanged if complete.
  package func completed(for sample: [Int], _ stream: inout RandomStream) throws -> Layer {
    guard needsInput, let setting = kind.inputSetting else { return self }
    guard let size = kind.inputSize(sample) else {
      throw TensorError.invalid(
        operation: text, reason: "cannot take its input size from samples of shape \(sample)",
        hint: nil)
    }
    var layer = self
    var complete: Attributes = [:]
    complete[setting] = .integer(size)
    for (name, value) in settings.items { complete[name] = value }
    layer.settings = complete
    layer.fill(try kind.parameters(complete, &stream))
    return layer
  }

  mutating func fill(_ values: [(name: String, value: Tensor)]) {
    parameters = values.map { ($0.name, Variable($0.value)) }
  }

  package func parameter(_ name: String) -> Variable? {
    parameters.first { $0.name == name }?.value
  }

  package func callAsFunction(_ x: Variable, _ context: inout LayerContext) throws -> Variable {
    if needsInput {
      throw TensorError.invalid(
        operation: text, reason: "its input size is not known yet",
        hint: "Input(…) >> … at the start of the chain, or both sizes")
    }
    return try kind.apply(self, x, &context)
  }

  /// `Linear(64, 10)`: positional settings that are given, then those that differ from the default.
  package var text: String {
    var parts: [String] = []
    for argument in kind.entry.arguments {
      guard let value = settings[argument.name] else { continue }
      let shown: String
      switch value {
      case .integer(let n): shown = "\(n)"
      case .integers(let all): shown = "\(all)"
      case .number(let x): shown = Int(exactly: x).map { "\($0)" } ?? "\(x)"
      case .boolean(let flag): shown = "\(flag)"
      case .text(let text): shown = "\"\(text)\""
      }
      guard let standard = argument.defaultSource, standard != "none" else {
        parts.append(shown)
        continue
      }
      if standard != shown { parts.append("\(argument.name)=\(shown)") }
    }
    return "\(kind.entry.name)(\(parts.joined(separator: ", ")))"
  }
}
