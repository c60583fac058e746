import Autograd
import Tensors

/// From the names and arguments of PyTorch to the operations of the engine.
typealias Adapter = (Call) throws -> [Variable]

enum Adapters {
  static func named(_ name: String, isModule: Bool) throws -> Adapter {
    guard let found = (isModule ? modules : operators)[name] else {
      throw Unsupported("no such operation")
    }
    return found
  }

  /// Arguments that have no gradient although they are floats: running statistics and the like.
  static let constants: [String: Set<String>] = [
    "native_batch_norm": ["3", "4"], "_batch_norm_with_update": ["3", "4"],
    "nn.functional.batch_norm": ["1", "2"], "nn.functional.batch_norm.without_cudnn": ["1", "2"],
    "nn.functional.instance_norm": ["running_mean", "running_var"],
    "BatchNorm1d": ["running_mean", "running_var"], "BatchNorm2d": ["running_mean", "running_var"],
    "BatchNorm3d": ["running_mean", "running_var"],
  ]

  nonisolated(unsafe) static let operators: [String: Adapter] = {
    var table = Table()
    addElementwise(&table)
    addShapes(&table)
    addReductions(&table)
    addIndexing(&table)
    addLosses(&table)
    addWindows(&table)
    addMatrices(&table)
    addCreation(&table)
    return table.rows
  }()

  nonisolated(unsafe) static let modules: [String: Adapter] = {
    var table = Table()
    addModules(&table)
    return table.rows
  }()
}

struct Table {
  private(set) var rows: [String: Adapter] = [:]

  mutating func add(_ names: String..., body: @escaping Adapter) {
    for name in names {
      precondition(rows[name] == nil, "two rows for \(name)")
      rows[name] = body
    }
  }

  /// An operation of one tensor without settings.
  mutating func one(_ names: String..., body: @escaping (Variable) throws -> Variable) {
    for name in names { add(name) { c in [try body(c.x())] } }
  }

  /// An operation of two tensors without settings.
  mutating func two(_ names: String..., body: @escaping (Variable, Variable) throws -> Variable) {
    for name in names { add(name) { c in [try body(c.x(), c.x(1, "other"))] } }
  }
}
