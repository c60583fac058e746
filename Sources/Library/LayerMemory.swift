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

  /// What the layers of a tree know, in order.
  static func tensors(of value: Value) -> [Tensor] {
    var found: [Tensor] = []
    _ = Tree.mapObjects(value) { object in
      if let layer = (object as? LayerObject)?.layer { found += layer.buffers.map(\.value) }
      return nil
    }
    return found
  }

  /// The tree whose layers know other tensors, in the same order.
  static func replacing(in value: Value, with tensors: [Tensor]) -> Value {
    if tensors.isEmpty { return value }
    var next = 0
    return Tree.mapObjects(value) { object in
      guard var layer = (object as? LayerObject)?.layer, !layer.buffers.isEmpty else { return nil }
      for index in layer.buffers.indices where next < tensors.count {
        layer.buffers[index].value = tensors[next]
        next += 1
      }
      return LayerObject(layer)
    }
  }

  /// What each layer knows, in order.
  static func buffers(_ value: Value) -> [[(name: String, value: Tensor)]] {
    var found: [[(name: String, value: Tensor)]] = []
    _ = Tree.mapObjects(value) { object in
      if let layer = (object as? LayerObject)?.layer { found.append(layer.buffers) }
      return nil
    }
    return found
  }

  /// `target` with what the layers of `source` know, layer by layer.
  static func moved(from source: Value, to target: Value) -> Value {
    let found = buffers(source)
    return found.contains { !$0.isEmpty } ? replacing(found, in: target) : target
  }

  static func replacing(_ found: [[(name: String, value: Tensor)]], in target: Value) -> Value {
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
      throw LanguageError("value", "a state is what with_state returned for this model")
    }
    context.state = parts.compactMap(\.variable)
  }

  func takeState(from context: LayerContext) {
    states?.left.append(.list(context.state.map { .tensor($0) }))
  }
}
