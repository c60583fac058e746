import Autograd
import Formats
import Tensors

/// What the table has no row or setting for; never guessed.
struct Unsupported: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// One argument of a case.
indirect enum Given {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case kind(String)
  case list([Given])
  /// A float tensor, by its place among the leaves that gradients are taken for.
  case leaf(Int)
  case tensor(Tensor)
}

/// Reads arguments and notes their float tensors.
struct ArgumentReader {
  struct Leaf {
    let path: String
    let tensor: Tensor
  }

  let store: Safetensors
  private(set) var leaves: [Leaf] = []

  /// Whether float tensors are noted; otherwise they are constants.
  private let notes: Bool

  init(store: Safetensors, notes: Bool = true) { (self.store, self.notes) = (store, notes) }

  mutating func fields(_ json: JSON?) throws -> [(name: String, value: Given)] {
    var result: [(name: String, value: Given)] = []
    for field in json?.fields ?? [] {
      result.append((field.name, try value(field.value, path: field.name)))
    }
    return result
  }

  mutating func value(_ json: JSON?, path: String) throws -> Given {
    switch json {
    case nil, .null?: return .none
    case .boolean(let flag)?: return .boolean(flag)
    case .integer(let n)?: return .integer(n)
    case .number(let x)?: return .number(x)
    case .text(let text)?: return .text(text)
    case .list(let items)?: return .list(try list(items, path))
    case .object?:
      if let key = json?["t"]?.text { return try tensor(key, path) }
      if let items = json?["tuple"]?.list { return .list(try list(items, path)) }
      if let name = json?["dtype"]?.text { return .kind(name) }
      if let text = json?["f"]?.text {
        guard let x = Double(text) else { throw Unsupported("the number \(text)") }
        return .number(x)
      }
      throw Unsupported("an argument of an unknown kind")
    }
  }

  private mutating func list(_ items: [JSON], _ path: String) throws -> [Given] {
    var result: [Given] = []
    for (i, item) in items.enumerated() { result.append(try value(item, path: "\(path).\(i)")) }
    return result
  }

  private mutating func tensor(_ key: String, _ path: String) throws -> Given {
    guard let tensor = try store.tensor(key) else { throw Unsupported("tensor \(key) is missing") }
    guard tensor.dtype.isFloat, notes else { return .tensor(tensor) }
    leaves.append(Leaf(path: path, tensor: tensor))
    return .leaf(leaves.count - 1)
  }
}

/// The arguments of a case by place or name; every named one must be asked for.
final class Call {
  let positional: [Given]
  let named: [(name: String, value: Given)]
  let state: [(name: String, value: Given)]
  let settings: [Given]
  let namedSettings: [(name: String, value: Given)]
  let isTraining: Bool
  /// The operation or module that is called.
  let name: String
  var leaves: [Variable] = []
  private var used: Set<String> = ["device", "requires_grad", "layout", "memory_format"]

  init(
    name: String, positional: [Given], named: [(name: String, value: Given)],
    state: [(name: String, value: Given)], settings: [Given],
    namedSettings: [(name: String, value: Given)], isTraining: Bool
  ) {
    self.name = name
    self.positional = positional
    self.named = named
    self.state = state
    self.settings = settings
    self.namedSettings = namedSettings
    self.isTraining = isTraining
  }

  func checkAllUsed() throws {
    for (name, _) in named where !used.contains(name) { throw Unsupported("the setting \(name)") }
    for (name, _) in namedSettings where !used.contains(name) {
      throw Unsupported("the setting \(name)")
    }
  }

  func ignoreAll() { used.formUnion((named + namedSettings).map(\.name)) }
  func isNamed(_ name: String) -> Bool { self.name == name }
  func ignore(_ names: String...) { used.formUnion(names) }
  func has(_ name: String) -> Bool { named.contains { $0.name == name } }
  var count: Int { positional.count }

  /// The argument of a place or a name, `.none` when it was left out.
  func given(_ place: Int, _ name: String = "") -> Given {
    used.insert(name)
    if place >= 0, place < positional.count { return positional[place] }
    return named.first { $0.name == name }?.value ?? .none
  }

  /// A setting of a module's constructor.
  func setting(_ place: Int, _ name: String) -> Given {
    used.insert(name)
    if place >= 0, place < settings.count { return settings[place] }
    return namedSettings.first { $0.name == name }?.value ?? .none
  }

  /// A parameter or buffer of a module.
  func parameter(_ name: String) throws -> Variable? {
    guard let found = state.first(where: { $0.name == name }) else { return nil }
    return try variable(found.value)
  }

  func variable(_ given: Given) throws -> Variable? {
    switch given {
    case .none: return nil
    case .leaf(let at): return leaves[at]
    case .tensor(let tensor): return Variable(tensor)
    case .boolean(let flag): return Variable(try .number(flag ? 1 : 0, .bool))
    case .integer(let n): return Variable(try .integer(n))
    case .number(let x): return try .number(x)
    case .text, .kind, .list: throw Unsupported("an argument that is no tensor")
    }
  }

  func x(_ place: Int = 0, _ name: String = "") throws -> Variable {
    guard let found = try variable(given(place, name)) else {
      throw Unsupported("argument \(place) \(name) is missing")
    }
    return found
  }

  func maybe(_ place: Int, _ name: String = "") throws -> Variable? {
    try variable(given(place, name))
  }

  /// A list of tensors, or all positional ones from a place on.
  func list(_ place: Int = 0, _ name: String = "") throws -> [Variable] {
    guard case .list(let items) = given(place, name) else {
      return try positional.dropFirst(place).compactMap { try variable($0) }
    }
    return try items.compactMap { try variable($0) }
  }
}

// Plain settings.
extension Given {
  func integer() throws -> Int? {
    switch self {
    case .none: return nil
    case .integer(let n): return n
    case .boolean(let flag): return flag ? 1 : 0
    case .number(let x): return Int(exactly: x)
    case .tensor(let t) where t.count == 1: return t.integer(at: 0)
    case .list(let items) where items.count == 1: return try items[0].integer()
    default: throw Unsupported("a setting that should be a whole number")
    }
  }

  func number() throws -> Double? {
    switch self {
    case .none: return nil
    case .integer(let n): return Double(n)
    case .number(let x): return x
    case .boolean(let flag): return flag ? 1 : 0
    case .tensor(let t) where t.count == 1: return t.double(at: 0)
    default: throw Unsupported("a setting that should be a number")
    }
  }

  func boolean() throws -> Bool? {
    switch self {
    case .none: return nil
    case .boolean(let flag): return flag
    case .integer(let n): return n != 0
    default: throw Unsupported("a setting that should be true or false")
    }
  }

  func text() throws -> String? {
    switch self {
    case .none: return nil
    case .text(let text): return text
    default: throw Unsupported("a setting that should be a text")
    }
  }

  func integers() throws -> [Int]? {
    switch self {
    case .none: return nil
    case .list(let items): return try items.map { try $0.integer() ?? 0 }
    case .tensor(let t) where !t.dtype.isFloat: return (0..<t.count).map { t.integer(at: $0) }
    default: return try integer().map { [$0] }
    }
  }

  func numbers() throws -> [Double]? {
    guard case .list(let items) = self else { return try number().map { [$0] } }
    return try items.map { try $0.number() ?? 0 }
  }

  var isNone: Bool { if case .none = self { true } else { false } }
}

extension Call {
  func int(_ place: Int, _ name: String = "") throws -> Int? { try given(place, name).integer() }
  func int(_ place: Int, _ name: String = "", _ value: Int) throws -> Int {
    try given(place, name).integer() ?? value
  }
  func ints(_ place: Int, _ name: String = "") throws -> [Int]? {
    try given(place, name).integers()
  }
  func num(_ place: Int, _ name: String = "", _ value: Double) throws -> Double {
    try given(place, name).number() ?? value
  }
  func flag(_ place: Int, _ name: String = "", _ value: Bool) throws -> Bool {
    try given(place, name).boolean() ?? value
  }
  func text(_ place: Int, _ name: String = "", _ value: String) throws -> String {
    try given(place, name).text() ?? value
  }

  /// The kind of elements asked for.
  func kind(_ place: Int = -1, _ name: String = "dtype") throws -> DType? {
    guard case .kind(let text) = given(place, name) else { return nil }
    return try Call.kind(text)
  }

  static func kind(_ text: String) throws -> DType {
    switch text {
    case "float32": return .float32
    case "float64": return .float64
    case "int64", "int32", "int16", "int8", "uint8": return .int64
    case "bool": return .bool
    default: throw Unsupported("the kind \(text)")
    }
  }
}
