/// Why a model could not be run.
package enum GraphError: Error, Sendable, Equatable {
  /// The model needs an operator, or a setting of one, that is not known here.
  case unsupported(String)
  /// The model asks for something impossible.
  case invalid(String)
  /// A mistake inside a node.
  indirect case node(operation: String, name: String, GraphError)

  package var message: String {
    switch self {
    case .unsupported(let what): "not supported: \(what)"
    case .invalid(let reason): reason
    case .node(let operation, let name, let error):
      name.isEmpty ? "\(operation): \(error.message)" : "\(operation) `\(name)`: \(error.message)"
    }
  }

  package var hint: String? { nil }

  package var isUnsupported: Bool {
    switch self {
    case .unsupported: true
    case .invalid: false
    case .node(_, _, let error): error.isUnsupported
    }
  }
}
