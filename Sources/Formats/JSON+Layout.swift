extension JSON {
  /// Text with one blank of indent for each level and the names of objects in order, as Jupyter writes it.
  package var laidOut: String {
    var text = ""
    lay(out: &text, indent: 0)
    return text + "\n"
  }

  private func lay(out text: inout String, indent: Int) {
    func list(_ open: String, _ close: String, _ count: Int, _ item: (Int, inout String) -> Void) {
      guard count > 0 else {
        text += open + close
        return
      }
      text += open
      for index in 0..<count {
        text += (index > 0 ? ",\n" : "\n") + String(repeating: " ", count: indent + 1)
        item(index, &text)
      }
      text += "\n" + String(repeating: " ", count: indent) + close
    }
    switch self {
    case .list(let items):
      list("[", "]", items.count) { items[$0].lay(out: &$1, indent: indent + 1) }
    case .object(let fields):
      let sorted = fields.sorted {
        $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars)
      }
      list("{", "}", fields.count) {
        $1 += JSON.text(sorted[$0].name).written + ": "
        sorted[$0].value.lay(out: &$1, indent: indent + 1)
      }
    case .null, .boolean, .integer, .number, .text: text += written
    }
  }

  /// The same value with the names of all objects in order.
  package var sorted: JSON {
    switch self {
    case .list(let items): .list(items.map(\.sorted))
    case .object(let fields):
      .object(
        fields.sorted { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) }
          .map { JSON.Field($0.name, $0.value.sorted) })
    case .null, .boolean, .integer, .number, .text: self
    }
  }

  /// An object with a field put in, replaced or, with nil, taken away.
  package func with(_ name: String, _ value: JSON?) -> JSON {
    var fields = self.fields ?? []
    let at = fields.firstIndex { $0.name == name }
    if let value {
      if let at {
        fields[at] = JSON.Field(name, value)
      } else {
        fields.append(JSON.Field(name, value))
      }
    } else if let at {
      fields.remove(at: at)
    }
    return .object(fields)
  }
}
