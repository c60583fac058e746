import Autograd
import Synchronization
import Tensors
import Vocabulary

/// What a layer may use while it runs.
package struct LayerContext: Sendable {
  /// Dropout drops only while training.
  package var isTraining: Bool
  package var stream: RandomStream
  /// Inputs beyond the first, such as a mask.
  package var others: [Variable] = []
  /// What the layer knows beside its parameters (running averages); changed while it trains.
  package var buffers: [(name: String, value: Tensor)] = []
  /// What a sequence left behind, and what this one leaves: last states, keys and values so far.
  package var state: [Variable] = []
  /// Whether somebody will ask for `state` afterwards.
  package var keepsState = false

  package init(isTraining: Bool = false, stream: RandomStream = RandomStream(seed: 0)) {
    self.isTraining = isTraining
    self.stream = stream
  }

  func buffer(_ name: String) -> Tensor? { buffers.first { $0.name == name }?.value }
}

/// What a layer noted while it trained. A copy that is differentiated owns one; nobody else sees it.
package final class LayerNotes: Sendable {
  private let buffers: Mutex<[(name: String, value: Tensor)]>
  init(_ start: [(name: String, value: Tensor)]) { buffers = Mutex(start) }
  var values: [(name: String, value: Tensor)] {
    get { buffers.withLock { $0 } }
    set { buffers.withLock { $0 = newValue } }
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
  /// What it starts to know beside parameters, for complete settings.
  let buffers: @Sendable (Attributes) throws -> [(name: String, value: Tensor)]
  /// How many inputs it takes.
  package let inputs: ClosedRange<Int>
  /// Whether sequences leave a state behind, which the next piece may start from.
  package let hasState: Bool
  /// The input size that a sample shape (without the batch axis) implies.
  let inputSize: @Sendable ([Int]) -> Int?
  let apply: @Sendable (Layer, Variable, inout LayerContext) throws -> Variable
  /// The shape of the result for one input of a shape, as an f32 tensor; nil where it has to be asked
  /// with numbers, or the input is refused.
  typealias ShapeRule = @Sendable (Attributes, [Int], DType) -> [Int]?
  let shape: ShapeRule?

  init(
    _ entry: Entry, inputSetting: String? = nil, inputs: ClosedRange<Int> = 1...1,
    hasState: Bool = false,
    inputSize: @escaping @Sendable ([Int]) -> Int? = { _ in nil },
    parameters:
      @escaping @Sendable (Attributes, inout RandomStream) throws -> [(
        name: String, value: Tensor
      )] = { _, _ in [] },
    buffers: @escaping @Sendable (Attributes) throws -> [(name: String, value: Tensor)] = { _ in []
    },
    shape: ShapeRule? = nil,
    apply: @escaping @Sendable (Layer, Variable, inout LayerContext) throws -> Variable
  ) {
    self.entry = entry
    self.inputSetting = inputSetting
    self.inputSize = inputSize
    self.parameters = parameters
    self.buffers = buffers
    self.inputs = inputs
    self.hasState = hasState
    self.shape = shape
    self.apply = apply
  }

  /// A layer with fresh parameters; they wait for the chain when the input size is left out.
  package func make(_ settings: Attributes, _ stream: inout RandomStream) throws -> Layer {
    try LayerKinds.check(settings, of: entry.name)
    var layer = Layer(kind: self, settings: settings, parameters: [])
    if !layer.needsInput { try layer.fill(&stream) }
    return layer
  }
}

/// A function of a tensor with settings and named parameters: a value, like everything else.
package struct Layer: Sendable {
  package let kind: LayerKind
  package var settings: Attributes
  /// In the kind's order.
  package var parameters: [(name: String, value: Variable)]
  /// What it knows beside its parameters, such as running averages.
  package var buffers: [(name: String, value: Tensor)] = []
  package private(set) var isTraining = false
  private var notes: LayerNotes?

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
    try layer.fill(&stream)
    return layer
  }

  mutating func fill(_ stream: inout RandomStream) throws {
    parameters = try kind.parameters(settings, &stream).map { ($0.name, Variable($0.value)) }
    buffers = try kind.buffers(settings)
  }

  /// A copy in training mode (which takes notes of its own) or not.
  package func inTraining(_ isTraining: Bool) -> Layer {
    var copy = self
    copy.isTraining = isTraining
    copy.notes = isTraining && !buffers.isEmpty ? LayerNotes(notes?.values ?? buffers) : nil
    return copy
  }

  /// A copy that knows what this one noted while it trained.
  package var settled: Layer {
    var copy = inTraining(false)
    copy.buffers = notes?.values ?? buffers
    return copy
  }

  /// The shape of what it makes of one input, told without numbers; nil where only numbers can tell.
  package func resultShape(of dims: [Int], _ dtype: DType) -> [Int]? {
    needsInput ? nil : kind.shape?(settings, dims, dtype)
  }

  /// Whether it tells that shape for all inputs that it takes, when they are f32.
  package var hasShapeRule: Bool { kind.shape != nil }

  package func parameter(_ name: String) -> Variable? {
    parameters.first { $0.name == name }?.value
  }

  package func callAsFunction(_ x: Variable, _ context: inout LayerContext) throws -> Variable {
    if needsInput {
      throw TensorError.invalid(
        operation: text, reason: "its input size is not known yet",
        hint: "Input(…) >> … at the start of the chain, or both sizes")
    }
    guard kind.inputs.contains(context.others.count + 1) else {
      let (low, high) = (kind.inputs.lowerBound, kind.inputs.upperBound)
      throw TensorError.invalid(
        operation: text,
        reason: "takes \(low == high ? "\(low)" : "\(low) to \(high)") inputs, here are "
          + "\(context.others.count + 1)", hint: nil)
    }
    context.isTraining = context.isTraining || isTraining
    context.buffers = notes?.values ?? buffers
    let result = try isPacked(x, context) ? unpacked(x, &context) : kind.apply(self, x, &context)
    notes?.values = context.buffers
    return result
  }

  private func isPacked(_ x: Variable, _ context: LayerContext) -> Bool {
    x.dtype.isHalf || parameters.contains { $0.value.dtype.isPacked }
      || context.others.contains { $0.dtype.isHalf } || context.state.contains { $0.dtype.isHalf }
  }

  /// Applied in the kinds that arithmetic takes place in; the result is packed like all it came from.
  private func unpacked(_ x: Variable, _ context: inout LayerContext) throws -> Variable {
    let (others, count) = (context.others, parameters.count)
    // Whole numbers of a layer are read as floats.
    let weights = try parameters.map {
      $0.value.dtype == .int8 ? try $0.value.cast(.float32) : $0.value
    }
    return try Variable.unpacking([x] + weights + others + context.state) { wide in
      var layer = self
      for i in 0..<count { layer.parameters[i].value = wide[1 + i] }
      context.others = Array(wide[(1 + count)..<(1 + count + others.count)])
      context.state = Array(wide[(1 + count + others.count)...])
      return [try kind.apply(layer, wide[0], &context)]
    }[0]
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
      case .numbers(let all): shown = "\(all)"
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
