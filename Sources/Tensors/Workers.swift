import CKernels
import Dispatch
import Glibc
import Synchronization

/// Spreads work over the cores in parts that depend on the work alone, never on the number of
/// workers, so that results do not either.
package enum Workers {
  private static let chosen = Atomic<Int>(0)

  /// How many threads may work at once. Set it before the first use; at least 1.
  package static var count: Int {
    get {
      let known = chosen.load(ordering: .relaxed)
      if known > 0 { return known }
      var found = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      if let text = getenv("GRADUS_THREADS"), let asked = Int(String(cString: text)) {
        found = asked
      }
      found = min(max(found, 1), 64)
      chosen.store(found, ordering: .relaxed)
      return found
    }
    set { chosen.store(min(max(newValue, 1), 64), ordering: .relaxed) }
  }

  /// Runs `body(0)` to `body(parts - 1)`, in any order and on any thread. Parts must be independent.
  package static func run(parts: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(count, parts)
    let stop = WorkStop.current
    if workers <= 1 {
      for part in 0..<parts {
        if let stop, stop.isRequested { return }
        body(part)
      }
      return
    }
    // The helpers look at one thing: where it is, a part is, and what wants it stopped.
    let isDone = withoutActuallyEscaping(body) { body in
      var work = Work(body: body, stop: stop)
      return withUnsafeMutablePointer(to: &work) { work in
        ck_run_parts(
          parts, Int32(workers),
          { context, part in
            guard let work = context?.assumingMemoryBound(to: Work.self) else { return }
            if work.pointee.stop?.isRequested != true { work.pointee.body(part) }
          }, work) != 0
      }
    }
    if isDone { return }
    // Another thread has the helpers: the system's own share the work.
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let part = next.add(1, ordering: .relaxed).oldValue
        if part >= parts || stop?.isRequested == true { return }
        body(part)
      }
    }
  }

  private struct Work {
    let body: @Sendable (Int) -> Void
    let stop: WorkStop?
  }

  /// Runs `body` over 0..<count in ranges of `grain`; small work stays on this thread.
  static func split(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
    if count <= grain || (self.count == 1 && WorkStop.current == nil) {
      body(0..<count)
      return
    }
    let parts = (count + grain - 1) / grain
    run(parts: parts) { part in body(part * grain..<min(count, (part + 1) * grain)) }
  }
}

/// The machine code that matrix products take on this processor; the bits are the same for all.
package enum Kernels {
  package static var name: String {
    switch ck_gemm_path() {
    case 3: "AVX-512"
    case 2: "AVX2"
    default: "scalar"
    }
  }
}
