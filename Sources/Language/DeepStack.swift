import Glibc

/// Threads whose stack is far larger than a recursion may need.
package enum DeepStack {
  private static let bytes = 64 << 20

  /// Runs something on such a thread and waits for it.
  package static func run<R>(_ body: () -> R) -> R {
    withoutActuallyEscaping(body) { body in
      var result: R?
      let work = Work { result = body() }
      if let thread = begin(work) { pthread_join(thread, nil) } else { work.run() }
      guard let result else { preconditionFailure("the body always runs") }
      return result
    }
  }

  /// Runs something on such a thread and goes on.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    let work = Work(body)
    if let thread = begin(work) { pthread_detach(thread) } else { body() }
  }

  private static func begin(_ work: Work) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, bytes)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(work)
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, argument.toOpaque())
    if code != 0 { argument.release() }
    return code == 0 ? thread : nil
  }
}

/// What the new thread is to do.
private final class Work {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
