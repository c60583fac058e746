/// How far values are from what they should be, by the rule of the ONNX backend suite: shapes, types,
/// integers and texts exact; floats within 1e-7 + 1e-3 of the size (2^-6 for bfloat16), NaN equals
/// NaN.
package struct Difference: Sendable {
  package private(set) var absolute = 0.0
  package private(set) var relative = 0.0
  /// The first thing that is not as it should be; empty when all is.
  package private(set) var reason = ""

  package init() {}

  package var isClose: Bool { reason.isEmpty }

  private mutating func note(_ text: String) { if reason.isEmpty { reason = text } }

  package mutating func compare(_ found: GraphValue, _ wanted: GraphValue, place: String) {
    switch (found, wanted) {
    case (.tensor(let found), .tensor(let wanted)): compare(found, wanted, place)
    case (.nothing, .nothing): break
    case (.sequence(let found), .sequence(let wanted)):
      guard found.count == wanted.count else {
        return note("\(place): \(found.count) elements, not \(wanted.count)")
      }
      for (i, pair) in zip(found, wanted).enumerated() {
        compare(pair.0, pair.1, place: "\(place)[\(i)]")
      }
    default: note("\(place): a value of another kind")
    }
  }

  private mutating func compare(_ found: Operand, _ wanted: Operand, _ place: String) {
    guard found.dims == wanted.dims else {
      return note("\(place): shape \(found.dims), not \(wanted.dims)")
    }
    guard found.type == wanted.type else {
      return note("\(place): type \(found.type), not \(wanted.type)")
    }
    if wanted.isText {
      guard let (a, b) = try? (found.texts(), wanted.texts()), a == b else {
        return note("\(place): texts differ")
      }
      return
    }
    guard wanted.type.isFloat else {
      guard let (a, b) = try? (found.whole(), wanted.whole()) else { return note(place) }
      for (i, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
        absolute = max(absolute, Double(pair.0.subtractingReportingOverflow(pair.1).0.magnitude))
        note("\(place): element \(i) is \(pair.0), not \(pair.1)")
      }
      return
    }
    guard let (a, b) = try? (found.reals(), wanted.reals()) else { return note(place) }
    let tolerance = wanted.type == .bfloat16 ? 0x1p-6 : 1e-3
    for (i, pair) in zip(a, b).enumerated() {
      if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { continue }
      let distance = abs(pair.0 - pair.1)
      absolute = max(absolute, distance.isNaN ? .infinity : distance)
      relative = max(relative, distance.isNaN ? .infinity : distance / max(abs(pair.1), 1e-30))
      // Not `>`: a NaN is never close.
      if !(distance <= 1e-7 + tolerance * abs(pair.1)) {
        note("\(place): element \(i) is \(pair.0), not \(pair.1)")
      }
    }
  }
}
