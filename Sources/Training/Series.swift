/// Numbers recorded over the steps of a run: one name, growing.
package struct Series: Sendable, Equatable {
  package let name: String
  package var steps: [Int]
  package var values: [Float]

  package init(_ name: String, steps: [Int] = [], values: [Float] = []) {
    self.name = name
    self.steps = steps
    self.values = values
  }
}

/// Something a person (or another cell) did to a run, and the step before which it took effect.
package struct SteeringEvent: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case set(name: String, value: Double)
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
