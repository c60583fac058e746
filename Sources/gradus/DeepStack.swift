import Glibc

/// Runs something on a thread whose stack is far larger than a recursion may need.
func onDeepStack<R>(_ body: () -> R) -> R {
  withoutActuallyEscaping(body) { body in
    var result: R?
    let box = Unmanaged.passRetained(Work { result = body() })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 64 << 20)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().run() }
        return nil
      }, box.toOpaque())
    pthread_attr_destroy(&attributes)
    if code == 0 { pthread_join(thread, nil) } else { box.takeUnretainedValue().run() }
    box.release()
    guard let result else { preconditionFailure("the body always runs") }
    return result
  }
}

/// What the new thread is to do.
private final class Work {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
