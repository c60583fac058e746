/// What the names of a page stand for at one place of it: a value.
package struct Names: Sendable {
  private var values: [String: Value] = [:]
  /// Names in the order in which they were first bound.
  package private(set) var order: [String] = []

  package init() {}

  package subscript(name: String) -> Value? {
    get { values[name] }
    set {
      if values[name] == nil { if newValue != nil { order.append(name) } }
      values[name] = newValue
      if newValue == nil { order.removeAll { $0 == name } }
    }
  }
}
