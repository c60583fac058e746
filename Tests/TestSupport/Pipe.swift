import Glibc

/// One end of a pipe; closed at the latest when nothing holds it any more.
final class PipeEnd {
  private(set) var descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close() }

  var isOpen: Bool { descriptor >= 0 }

  func close() {
    if isOpen { _ = Glibc.close(descriptor) }
    descriptor = -1
  }
}

/// A pipe whose ends lie above the descriptors 0 to 3 of a program and are closed in it.
struct Pipe {
  let reading: PipeEnd
  let writing: PipeEnd

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw LaunchError.failed("pipe", errno) }
    (reading, writing) = (try Pipe.raised(ends[0]), try Pipe.raised(ends[1]))
  }

  private static func raised(_ descriptor: Int32) throws -> PipeEnd {
    let low = PipeEnd(descriptor)
    let high = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    guard high >= 0 else { throw LaunchError.failed("fcntl", errno) }
    low.close()
    return PipeEnd(high)
  }
}

/// Milliseconds that only grow.
enum Clock {
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}

/// Reads and writes all pipes of a running program at once, so that none of them can fill up.
struct Session {
  private var input: ArraySlice<UInt8>
  private let stdin, stdout, stderr, life: PipeEnd
  private let readsAtMost: Int
  private(set) var output: [UInt8] = []
  private(set) var error: [UInt8] = []

  init(
    input: [UInt8], stdin: PipeEnd, stdout: PipeEnd, stderr: PipeEnd, life: PipeEnd,
    readsAtMost: Int
  ) {
    self.input = input[...]
    (self.stdin, self.stdout, self.stderr, self.life) = (stdin, stdout, stderr, life)
    self.readsAtMost = readsAtMost
    for end in [stdin, stdout, stderr, life] {
      _ = fcntl(end.descriptor, F_SETFL, O_NONBLOCK)
    }
  }

  /// Until the program is gone and its pipes are empty; false when the deadline passed first.
  mutating func pump(until deadline: Int) -> Bool {
    if input.isEmpty { stdin.close() }
    while stdout.isOpen || stderr.isOpen || life.isOpen {
      var all = [stdin, stdout, stderr, life].map { (end: PipeEnd) in
        pollfd(fd: end.descriptor, events: Int16(end === stdin ? POLLOUT : POLLIN), revents: 0)
      }
      let rest = deadline - Clock.now
      if rest <= 0 { return false }
      let ready = poll(&all, nfds_t(all.count), Int32(min(rest, 1 << 30)))
      if ready == 0 { return false }
      if ready < 0 { continue }
      if all[0].revents != 0 { feed() }
      if all[1].revents != 0 { drain(stdout, into: \.output, atMost: readsAtMost) }
      if all[2].revents != 0 { drain(stderr, into: \.error, atMost: .max) }
      if all[3].revents != 0 { life.close() }
    }
    return true
  }

  private mutating func feed() {
    // A program that ends without reading must not end the tests.
    var pipe = sigset_t()
    var before = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    let count = input.withUnsafeBytes { write(stdin.descriptor, $0.baseAddress, $0.count) }
    let code = errno
    if count < 0, code == EPIPE {
      var none = timespec()
      sigtimedwait(&pipe, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    if count > 0 { input = input.dropFirst(count) }
    if input.isEmpty || (count < 0 && code != EAGAIN && code != EINTR) { stdin.close() }
  }

  private mutating func drain(
    _ end: PipeEnd, into target: WritableKeyPath<Session, [UInt8]>, atMost limit: Int
  ) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(end.descriptor, &buffer, min(buffer.count, limit))
    if count > 0 { self[keyPath: target] += buffer[..<count] }
    let isOver = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    if isOver || self[keyPath: target].count >= limit { end.close() }
  }
}
