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

  /// What was recorded from a step on.
  package func from(_ step: Int) -> Series {
    let first = steps.firstIndex { $0 >= step } ?? steps.count
    return Series(name, steps: Array(steps[first...]), values: Array(values[first...]))
  }

  /// What was recorded up to a step.
  package func upTo(_ step: Int) -> Series {
    guard let last = steps.last, last > step else { return self }
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle] <= step { low = middle + 1 } else { high = middle }
    }
    return Series(name, steps: Array(steps[..<low]), values: Array(values[..<low]))
  }
}
