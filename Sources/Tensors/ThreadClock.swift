import Glibc

/// The processor's time that one thread has taken, which other threads may read while it lives.
package struct ThreadClock: Sendable {
  private let id: clockid_t?

  /// That of the thread which asks.
  package static var current: ThreadClock { ThreadClock() }

  private init() {
    var id = clockid_t()
    self.id = pthread_getcpuclockid(pthread_self(), &id) == 0 ? id : nil
  }

  /// Seconds; nil once the thread has ended.
  package var seconds: Double? {
    var time = timespec()
    guard let id, clock_gettime(id, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
