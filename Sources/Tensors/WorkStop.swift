import CKernels
import Synchronization

/// A request, from another thread, that long operations of a thread stop between their parts.
///
/// What they leave behind is worth nothing: whoever works under it throws the results away.
package final class WorkStop: Sendable {
  private let flag = Atomic<Bool>(false)
  package init() {}

  package var isRequested: Bool {
    get { flag.load(ordering: .relaxed) }
    set { flag.store(newValue, ordering: .relaxed) }
  }

  static var current: WorkStop? {
    guard let object = ck_stop() else { return nil }
    return Unmanaged<WorkStop>.fromOpaque(object).takeUnretainedValue()
  }

  /// Whether what this thread works on is not wanted any more: long loops ask now and then, and end.
  package static var isAsked: Bool { current?.isRequested ?? false }

  /// Why an operation has no result: nobody wants it any more.
  package struct Stopped: Error {}

  package static func check() throws { if isAsked { throw Stopped() } }

  /// Calls `body` with ranges that together make 0..<count, in order, as long as the result is wanted.
  @inline(__always)
  package static func stretches(
    of count: Int, grain: Int = 1 << 20, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    guard count > grain, let stop = current else {
      if count > 0 { try body(0..<count) }
      return
    }
    var at = 0
    while at < count, !stop.isRequested {
      let end = at + min(grain, count - at)
      try body(at..<end)
      at = end
    }
  }

  /// Runs `body`, whose operations stop when this is requested.
  package func during<R>(_ body: () throws -> R) rethrows -> R {
    let outer = ck_stop()
    ck_set_stop(Unmanaged.passUnretained(self).toOpaque())
    defer { ck_set_stop(outer) }
    return try body()
  }
}
