import Autograd
import Tensors

extension Adapters {
  static func addElementwise(_ table: inout Table) {
    for (name, operation) in [
      ("abs", Operations.abs), ("exp", Operations.exp), ("log", Operations.log),
      ("log1p", Operations.log1p), ("sqrt", Operations.sqrt), ("square", Operations.square),
      ("sin", Operations.sin), ("cos", Operations.cos), ("erf", Operations.erf),
      ("sign", Operations.sign), ("floor", Operations.floor), ("ceil", Operations.ceil),
      ("tanh", Operations.tanh), ("sigmoid", Operations.sigmoid), ("isnan", Operations.isNaN),
    ] { table.one(name) { try operation($0) } }
  }
}
