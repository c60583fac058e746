/// Something a person (or another cell) did to a run, and the step before which it took effect.
package struct SteeringEvent: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case set(name: String, value: Double)
    case freeze(layer: String)
    case unfreeze(layer: String)
    case pause
    /// Goes on for so many steps, then waits; 0 steps are those to the end of the epoch.
    case advance(steps: Int)
    /// Keeps the state at this step.
    case checkpoint
    case stop
    case peek
  }

  package let step: Int
  package let kind: Kind

  package init(step: Int, _ kind: Kind) {
    self.step = step
    self.kind = kind
  }
}

extension SteeringEvent.Kind {
  /// What was done, as a line of the language about a run `r`.
  package var line: String {
    switch self {
    case .set(let name, let value): "set(r, \(name)=\(value))"
    case .freeze(let layer): "freeze(r, \(SteeringEvent.quoted(layer)))"
    case .unfreeze(let layer): "unfreeze(r, \(SteeringEvent.quoted(layer)))"
    case .pause: "pause(r)"
    case .advance(let steps): "advance(r, \(steps))"
    case .checkpoint: "checkpoint(r)"
    case .stop: "stop(r)"
    case .peek: "peek(r)"
    }
  }

  /// Reads what `line` writes; nil for anything else.
  package init?(line: some StringProtocol) {
    guard let open = line.firstIndex(of: "("), line.last == ")" else { return nil }
    var arguments = line[line.index(after: open)...].dropLast()
    guard arguments.first == "r" else { return nil }
    arguments = arguments.dropFirst()
    if arguments.hasPrefix(", ") { arguments = arguments.dropFirst(2) }
    switch line[..<open] {
    case "pause" where arguments.isEmpty: self = .pause
    case "checkpoint" where arguments.isEmpty: self = .checkpoint
    case "stop" where arguments.isEmpty: self = .stop
    case "peek" where arguments.isEmpty: self = .peek
    case "advance":
      guard let steps = Int(arguments), steps >= 0 else { return nil }
      self = .advance(steps: steps)
    case "freeze":
      guard let layer = SteeringEvent.unquoted(arguments) else { return nil }
      self = .freeze(layer: layer)
    case "unfreeze":
      guard let layer = SteeringEvent.unquoted(arguments) else { return nil }
      self = .unfreeze(layer: layer)
    case "set":
      let pair = arguments.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let value = Double(pair[1]) else { return nil }
      self = .set(name: String(pair[0]), value: value)
    default: return nil
    }
  }

  /// Whether a call that does this is what the record `other` tells of.
  func isCall(of other: SteeringEvent.Kind) -> Bool {
    if case .advance = self, case .advance = other { return true }
    return self == other
  }
}

extension SteeringEvent {
  fileprivate static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where character.isNewline: quoted += "\\n"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }

  fileprivate static func unquoted(_ text: some StringProtocol) -> String? {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return nil }
    var plain = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if isEscaped {
        plain.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        plain.append(character)
      }
    }
    return isEscaped ? nil : plain
  }
}
