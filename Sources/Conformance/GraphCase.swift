import Files
import Formats
import Glibc
import ONNX

/// One case of the ONNX backend suite.
struct GraphCase {
  enum Status: String, CaseIterable {
    case pass, fail, unsupported
  }

  struct Verdict {
    let name: String
    let status: Status
    let operation: String
    let difference: Difference
    let reason: String

    /// A line of JSON; differences that are not finite are told as texts.
    var line: String {
      func number(_ x: Double) -> String { x.isFinite ? "\(x)" : "\"\(x)\"" }
      var fields = ["\"name\":\(JSON.quoted(name))", "\"status\":\"\(status.rawValue)\""]
      fields.append("\"max_abs\":\(number(difference.absolute))")
      fields.append("\"max_rel\":\(number(difference.relative))")
      fields.append("\"op\":\(JSON.quoted(operation))")
      if !reason.isEmpty { fields.append("\"reason\":\(JSON.quoted(reason))") }
      return "{" + fields.joined(separator: ",") + "}"
    }

    var text: String {
      "\(status.rawValue)  \(name)  \(operation)" + (reason.isEmpty ? "" : "  \(reason)")
    }
  }

  let path: String

  init(_ path: String) { self.path = path }

  func verdict() -> Verdict {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var operation = ""
    var difference = Difference()
    do {
      let model = try ONNXModel(FileBytes.read(path + "/model.onnx"))
      let nodes = model.graph.nodes
      operation = nodes.count == 1 ? nodes[0].operation : "\(nodes.count) nodes"
      for set in Folder.names(path) where set.hasPrefix("test_data_set_") {
        try check(model, path + "/" + set, &difference)
      }
      let status: Status = difference.isClose ? .pass : .fail
      return Verdict(
        name: name, status: status, operation: operation, difference: difference,
        reason: difference.reason)
    } catch {
      let (reason, isUnsupported) = GraphCase.told(error)
      return Verdict(
        name: name, status: isUnsupported ? .unsupported : .fail, operation: operation,
        difference: difference, reason: reason)
    }
  }

  private func check(_ model: ONNXModel, _ folder: String, _ difference: inout Difference) throws {
    func values(_ kind: String, _ ports: [ONNXPort]) throws -> [GraphValue?] {
      try ports.indices.map { i in
        let file = "\(folder)/\(kind)_\(i).pb"
        guard access(file, R_OK) == 0 else { return nil }
        return try GraphValue(FileBytes.read(file), ports[i].kind)
      }
    }
    let given = try values("input", model.graph.inputs)
    let wanted = try values("output", model.graph.outputs)
    let found = try GraphRunner(model).run(given)
    for (i, (found, wanted)) in zip(found, wanted).enumerated() {
      guard let wanted else { continue }
      difference.compare(found ?? .nothing, wanted, place: "output \(i)")
    }
  }

  static func told(_ error: any Error) -> (String, Bool) {
    switch error {
    case let error as GraphError: (error.message, error.isUnsupported)
    case let error as FormatError: (error.message, error.isUnsupported)
    case let error as FileError: (error.message, false)
    default: ("\(error)", false)
    }
  }
}

extension FormatError {
  fileprivate var isUnsupported: Bool {
    if case .unsupported = self { true } else { false }
  }
}
