/// A model in the Open Neural Network Exchange format, as far as it is needed to run it.
package struct ONNXModel: Sendable {
  package private(set) var graph = ONNXGraph()
  /// The version of the operators of each domain; "" is the standard one.
  package private(set) var versions: [String: Int] = [:]
  package private(set) var functions: [ONNXFunction] = []

  package init(_ bytes: [UInt8]) throws(FormatError) {
    var reader = WireReader(bytes[...])
    var hasGraph = false
    while let (field, content) = try reader.next() {
      switch field {
      case 7:
        graph = try ONNXGraph(content.slice(), depth: 0)
        hasGraph = true
      case 8:
        let (domain, version) = try ONNXModel.version(content.slice())
        versions[domain] = version
      case 25: functions.append(try ONNXFunction(content.slice()))
      default: break
      }
    }
    guard hasGraph else { throw .malformed(format: "ONNX", reason: "it holds no graph") }
  }

  fileprivate static func version(_ bytes: ArraySlice<UInt8>) throws(FormatError) -> (String, Int) {
    var reader = WireReader(bytes)
    var (domain, version) = ("", 0)
    while let (field, content) = try reader.next() {
      if field == 1 { domain = try content.text() }
      if field == 2 { version = Int(try content.number()) }
    }
    return (domain == "ai.onnx" ? "" : domain, version)
  }
}

/// Nodes in the order they run, the constants they share, and the names that come in and go out.
package struct ONNXGraph: Sendable {
  package private(set) var nodes: [ONNXNode] = []
  package private(set) var constants: [ONNXTensor] = []
  package private(set) var inputs: [ONNXPort] = []
  package private(set) var outputs: [ONNXPort] = []

  init() {}

  init(_ bytes: ArraySlice<UInt8>, depth: Int) throws(FormatError) {
    guard depth < 32 else {
      throw .malformed(format: "ONNX", reason: "its graphs are nested too deeply")
    }
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      switch field {
      case 1: nodes.append(try ONNXNode(content.slice(), depth: depth))
      case 5: constants.append(try ONNXTensor(content.slice()))
      case 11: inputs.append(try ONNXPort(content.slice()))
      case 12: outputs.append(try ONNXPort(content.slice()))
      case 15: throw .unsupported(format: "ONNX", reason: "its constants are sparse")
      default: break
      }
    }
  }
}

/// A named input or output.
package struct ONNXPort: Sendable {
  package enum Kind: Sendable { case tensor, sequence, optional, other }

  package private(set) var name = ""
  package private(set) var kind = Kind.tensor
  /// The code of the element type of a tensor; 0 when it is not told.
  package private(set) var elementType = 0

  init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      if field == 1 { name = try content.text() }
      guard field == 2 else { continue }
      var type = WireReader(try content.slice())
      while let (field, content) = try type.next() {
        switch field {
        case 1:
          kind = .tensor
          var tensor = WireReader(try content.slice())
          while let (field, content) = try tensor.next() {
            if field == 1 { elementType = Int(try content.number()) }
          }
        case 4: kind = .sequence
        case 9: kind = .optional
        case 6: break
        default: kind = .other
        }
      }
    }
  }
}

/// One operator applied to names.
package struct ONNXNode: Sendable {
  package private(set) var inputs: [String] = []
  package private(set) var outputs: [String] = []
  package private(set) var name = ""
  package private(set) var operation = ""
  package private(set) var domain = ""
  package private(set) var attributes: [String: ONNXAttribute] = [:]

  init(_ bytes: ArraySlice<UInt8>, depth: Int) throws(FormatError) {
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      switch field {
      case 1: inputs.append(try content.text())
      case 2: outputs.append(try content.text())
      case 3: name = try content.text()
      case 4: operation = try content.text()
      case 5:
        let attribute = try ONNXAttribute(content.slice(), depth: depth)
        attributes[attribute.name] = attribute
      case 7: domain = try content.text()
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
  }

  /// The node with the attributes that a function's caller gives filled in.
  package func bound(to given: [String: ONNXAttribute], defaults: [String: ONNXAttribute])
    -> ONNXNode
  {
    var node = self
    // Which attribute is filled in first does not matter: each is found by its own name.
    for (name, attribute) in attributes where !attribute.reference.isEmpty {
      node.attributes[name] = given[attribute.reference] ?? defaults[attribute.reference]
    }
    return node
  }
}

/// A setting of a node.
package struct ONNXAttribute: Sendable {
  package private(set) var name = ""
  package private(set) var float: Float?
  package private(set) var integer: Int?
  package private(set) var text: String?
  package private(set) var tensor: ONNXTensor?
  package private(set) var graph: ONNXGraph?
  package private(set) var floats: [Float] = []
  package private(set) var integers: [Int] = []
  package private(set) var texts: [String] = []
  package private(set) var tensors: [ONNXTensor] = []
  /// Inside a function: the attribute of the caller that this one stands for.
  package private(set) var reference = ""
  private var type = 0

  init(_ bytes: ArraySlice<UInt8>, depth: Int) throws(FormatError) {
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      switch field {
      case 1: name = try content.text()
      case 2: float = try content.float()
      case 3: integer = Int(try content.number())
      case 4: text = try content.text()
      case 5: tensor = try ONNXTensor(content.slice())
      case 6: graph = try ONNXGraph(content.slice(), depth: depth + 1)
      case 7: floats += try content.words().map { Float(bitPattern: $0) }
      case 8: integers += try content.numbers().map { Int($0) }
      case 9: texts.append(try content.text())
      case 10: tensors.append(try ONNXTensor(content.slice()))
      case 20: type = Int(try content.number())
      case 21: reference = try content.text()
      default: break
      }
    }
    // A zero or an empty text may be left out of the file.
    switch type {
    case 1: float = float ?? 0
    case 2: integer = integer ?? 0
    case 3: text = text ?? ""
    default: break
    }
  }

  /// Whether it is a list of whole numbers, possibly an empty one.
  package var isIntegers: Bool { type == 7 || !integers.isEmpty }
  package var isFloats: Bool { type == 6 || !floats.isEmpty }
  package var isTexts: Bool { type == 8 || !texts.isEmpty }
}

/// Nodes under a name, used like an operator.
package struct ONNXFunction: Sendable {
  package private(set) var name = ""
  package private(set) var domain = ""
  package private(set) var inputs: [String] = []
  package private(set) var outputs: [String] = []
  package private(set) var nodes: [ONNXNode] = []
  package private(set) var defaults: [String: ONNXAttribute] = [:]
  package private(set) var versions: [String: Int] = [:]

  init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
    var reader = WireReader(bytes)
    while let (field, content) = try reader.next() {
      switch field {
      case 1: name = try content.text()
      case 4: inputs.append(try content.text())
      case 5: outputs.append(try content.text())
      case 7: nodes.append(try ONNXNode(content.slice(), depth: 1))
      case 9:
        let (domain, version) = try ONNXModel.version(content.slice())
        versions[domain] = version
      case 10: domain = try content.text()
      case 11:
        let attribute = try ONNXAttribute(content.slice(), depth: 1)
        defaults[attribute.name] = attribute
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
  }
}
