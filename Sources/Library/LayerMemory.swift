import Language
import Layers
import Tensors
import Autograd

/// What layers know beside their parameters, such as running averages.
///
/// The copy of a model that is differentiated takes notes; the gradient carries them, and the step
/// that takes the gradient gives them to the model it moves.
enum LayerMemory {
  /// A tree whose layers know what they noted while they trained.
  static func settled(_ value: Value) -> Value {
    Tree.mapObjects(value) { ($0 as? LayerObject).map { LayerObject($0.layer.settled) } }
  }

  /// `target` with what the layers of `source` know, layer by layer.
  static func moved(from source: Value, to target: Value) -> Value {
    var found: [[(name: String, value: Tensor)]] = []
    _ = Tree.mapObjects(source) { object in
      if let layer = (object as? LayerObject)?.layer { found.append(layer.buffers) }
      return nil
    }
    guard found.contains(where: { !$0.isEmpty }) else { return target }
    var next = 0
    return Tree.mapObjects(target) { object in
      guard var layer = (object as? LayerObject)?.layer, next < found.count else { return nil }
      defer { next += 1 }
      guard layer.buffers.count == found[next].count else { return nil }
      layer.buffers = found[next]
      return LayerObject(layer)
    }
  }
}

extension EvaluationContext {
  /// Gives the next stateful layer what its sequence left behind.
  func lendState(to context: inout LayerContext) throws {
    guard let states else { return }
    context.keepsState = true
    guard states.left.count < states.given.count else { return }
    guard case .list(let parts) = states.given[states.left.count] else {
      throw LanguageError("state", "a state is what with_state returned for this model")
    }
    context.state = parts.compactMap(\.variable)
  }

  func takeState(from context: LayerContext) {
    states?.left.append(.list(context.state.map { .tensor($0) }))
  }
}
