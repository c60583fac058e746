import Formats
import Tensors

/// How far a number may lie from the expected one: absolute + relative |expected|.
struct Tolerance {
  let relative: Double
  let absolute: Double
}

/// What became of a case.
struct Verdict {
  enum Status: String { case pass, fail, unsupported }

  private(set) var status = Status.pass
  private(set) var reason = ""
  private var maxAbsolute = 0.0
  private var maxRelative = 0.0

  static func unsupported(_ reason: String) -> Verdict {
    var verdict = Verdict()
    (verdict.status, verdict.reason) = (.unsupported, reason)
    return verdict
  }

  mutating func fail(_ why: String) {
    if status == .pass { (status, reason) = (.fail, why) }
  }

  /// Same kind, same shape, each element close; NaN equals NaN.
  mutating func compare(_ got: Tensor, _ want: Tensor, _ what: String, _ tolerance: Tolerance) {
    guard got.dims == want.dims else { return fail("\(what): shape \(got.dims), not \(want.dims)") }
    let isSameKind = got.dtype == want.dtype || (got.dtype.isFloat && want.dtype.isFloat)
    guard isSameKind else { return fail("\(what): \(got.dtype.name), not \(want.dtype.name)") }
    for i in 0..<want.count {
      let (a, b) = (got.double(at: i), want.double(at: i))
      if a == b || (a.isNaN && b.isNaN) { continue }
      let distance = abs(a - b)
      maxAbsolute = max(maxAbsolute, distance.isNaN ? .infinity : distance)
      let share = distance / abs(b)
      maxRelative = max(maxRelative, share.isNaN ? .infinity : share)
      if !(distance <= tolerance.absolute + tolerance.relative * abs(b)) || b.isInfinite {
        fail("\(what): \(a), not \(b), at \(i)")
      }
    }
  }

  func line(of item: Case) -> JSON { line(name: item.name, number: item.number) }

  func line(name: String, number: Int) -> JSON {
    var fields = [
      JSON.Field("name", .text("\(name)/\(number)")),
      JSON.Field("status", .text(status.rawValue)),
      JSON.Field("max_abs", .number(maxAbsolute)), JSON.Field("max_rel", .number(maxRelative)),
      JSON.Field("op", .text(name)),
    ]
    if !reason.isEmpty { fields.append(JSON.Field("reason", .text(reason))) }
    return .object(fields)
  }
}
