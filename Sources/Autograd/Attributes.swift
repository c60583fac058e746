/// A setting of an operation that is not a tensor.
package enum Attribute: Sendable, Equatable {
  case integer(Int)
  case integers([Int])
  case number(Double)
  case numbers([Double])
  case boolean(Bool)
  case text(String)
}

/// An operation's settings by name, in a fixed order.
package struct Attributes: Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var items: [(name: String, value: Attribute)]

  package init(dictionaryLiteral elements: (String, Attribute)...) {
    items = elements.map { (name: $0.0, value: $0.1) }
  }

  package subscript(name: String) -> Attribute? {
    get { items.first { $0.name == name }?.value }
    set {
      let at = items.firstIndex { $0.name == name }
      switch (at, newValue) {
      case (let at?, let value?): items[at].value = value
      case (let at?, nil): items.remove(at: at)
      case (nil, let value?): items.append((name, value))
      case (nil, nil): break
      }
    }
  }

  package func integer(_ name: String, default value: Int) -> Int {
    switch self[name] {
    case .integer(let n): n
    case .number(let x): Int(exactly: x) ?? value
    default: value
    }
  }

  package func number(_ name: String, default value: Double) -> Double {
    switch self[name] {
    case .integer(let n): Double(n)
    case .number(let x): x
    default: value
    }
  }

  package func boolean(_ name: String, default value: Bool) -> Bool {
    if case .boolean(let flag) = self[name] { flag } else { value }
  }

  /// One integer or several; nil when left out.
  package func integers(_ name: String) -> [Int]? {
    switch self[name] {
    case .integer(let n): [n]
    case .integers(let all): all
    default: nil
    }
  }

  /// Several numbers; nil when left out.
  package func numbers(_ name: String) -> [Double]? {
    switch self[name] {
    case .integers(let all): all.map(Double.init)
    case .numbers(let all): all
    default: nil
    }
  }

  package func text(_ name: String) -> String? {
    if case .text(let text) = self[name] { text } else { nil }
  }
}
