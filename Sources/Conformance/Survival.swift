import Glibc

/// Goes on with the next case where one brings the process down: the process tells it and starts
/// itself again behind it. Nothing here allocates once the signal has come.
enum Survival {
  private static let room = 1 << 12
  nonisolated(unsafe) private static let line = UnsafeMutablePointer<CChar>.allocate(
    capacity: room)
  nonisolated(unsafe) private static let place = UnsafeMutablePointer<CChar>.allocate(
    capacity: room)
  nonisolated(unsafe) private static var arguments:
    UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

  /// Listens for what ends a process. `option` is the one that takes the place to go on from.
  static func begin(resumingWith option: String) {
    var words = CommandLine.arguments
    if let at = words.firstIndex(of: option) {
      words.removeSubrange(at...min(at + 1, words.count - 1))
    }
    let all = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: words.count + 3)
    for (i, word) in (words + [option]).enumerated() { all[i] = strdup(word) }
    all[words.count + 1] = place
    all[words.count + 2] = nil
    arguments = all
    note("", from: "")
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] {
      signal(number) { _ in Survival.startAgain() }
    }
  }

  /// What to print, and where to go on, should the next case not survive.
  static func note(_ text: String, from next: String) {
    fflush(nil)
    for (buffer, words) in [(line, text + "\n"), (place, next)] {
      var count = 0
      for byte in words.utf8.prefix(room - 1) {
        buffer[count] = CChar(bitPattern: byte)
        count += 1
      }
      buffer[count] = 0
    }
  }

  private static func startAgain() {
    write(1, line, strlen(line))
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
    if let arguments { execv("/proc/self/exe", arguments) }
    _exit(70)
  }
}
