import CPseudoTerminal
import Files
import Glibc
import TestSupport
import Testing

/// The program on a terminal of its own: keys are typed, what it writes is kept.
final class TerminalSession {
  private let child: pid_t
  private let master: Int32
  /// What it wrote since this was emptied.
  var output: String { String(decoding: bytes, as: UTF8.self) }
  private var bytes: [UInt8] = []
  /// What a terminal shows of it, when it is set before.
  var picture = TerminalPicture(columns: 80, rows: 24)
  private var isHungUp = false
  private var status: Int32?
  private var isClosed = false

  /// Whether this system gives out terminals.
  static let isPossible = pt_is_possible() == 1

  init(
    _ arguments: [String], columns: Int = 80, rows: Int = 24, term: String = "xterm-256color",
    variables extra: [String] = []
  ) throws {
    let path = Program("gradus").path
    let words = ([path] + arguments).map { strdup($0) }
    // The first of two that are the same counts.
    let environment: [String] =
      extra + [
        "TERM=\(term)", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no",
      ]
    let variables = environment.map { strdup($0) }
    defer { for text in words + variables { free(text) } }
    var master: Int32 = -1
    child = pt_start(path, words + [nil], variables + [nil], Int32(columns), Int32(rows), &master)
    self.master = master
    try #require(child > 0)
  }

  deinit {
    if status == nil {
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    if !isHungUp { close(master) }
  }

  /// Ends every program that was started with a file of this test among its words.
  static func endAll(naming path: String) {
    for name in FileBytes.names(in: "/proc") {
      guard let process = pid_t(name), process != getpid(),
        let file = fopen("/proc/\(name)/cmdline", "r")
      else { continue }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = fread(&bytes, 1, bytes.count, file)
      let words = bytes[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      if words.contains(path) { kill(process, SIGKILL) }
    }
  }

  /// Closes the terminal under the program, and leaves it alone.
  func hangUp() {
    close(master)
    (isHungUp, status) = (true, 0)
  }

  /// Reads until nothing comes for a while.
  func settle(_ milliseconds: Int32 = 120) {
    for _ in 0..<100 {
      let before = bytes.count
      guard readSome(milliseconds: milliseconds), bytes.count > before else { return }
    }
  }

  /// Types a text; what the program writes meanwhile is read, so that neither waits for the other.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        write(master, all.baseAddress.map { $0 + done }, min(512, bytes.count - done))
      }
      guard count > 0 else { return }
      done += count
      if done < bytes.count { _ = readSome(milliseconds: 0) }
    }
  }

  func resize(columns: Int, rows: Int) { pt_resize(master, Int32(columns), Int32(rows)) }

  /// Whether it has been stopped since this was asked last.
  var isStopped: Bool {
    var code: Int32 = 0
    return waitpid(child, &code, WNOHANG | WUNTRACED) == child && code & 0xFF == 0x7F
  }

  func send(_ signal: Int32) { kill(child, signal) }

  /// Reads until a text was written (since `output` was emptied); false after the seconds or the end.
  func sees(_ text: String, within seconds: Int = 120) -> Bool {
    reads(within: seconds) { self.output.contains(text) }
  }

  /// Reads until the terminal shows a text.
  func shows(_ text: String) -> Bool {
    reads { self.picture.text.contains(text) }
  }

  /// Reads until something holds that the program does elsewhere.
  func reads(within seconds: Int = 120, until holds: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      if holds() { return true }
      if !readSome() { return holds() }
    } while ContinuousClock.now < end
    return false
  }

  func forget() { bytes = [] }

  /// Reads up to the end of the program: its exit status, or minus the signal it died of. After two
  /// minutes it is killed.
  func ending() -> Int32 {
    if !reads(until: { self.isClosed }) { kill(child, SIGKILL) }
    if let status { return status }
    var code: Int32 = 0
    while waitpid(child, &code, 0) < 0, errno == EINTR {}
    let ended = code & 0x7F == 0 ? code >> 8 & 0xFF : -(code & 0x7F)
    status = ended
    return ended
  }

  /// Whether the terminal echoes and gives whole lines, as a shell expects.
  var isCooked: Bool {
    var modes = termios()
    guard tcgetattr(master, &modes) == 0 else { return false }
    return modes.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO)
  }

  /// False at the end.
  func readSome(milliseconds: Int32 = 50) -> Bool {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else {
      isClosed = true
      return false
    }
    bytes += buffer[..<count]
    picture.read(Array(buffer[..<count]))
    return true
  }
}
