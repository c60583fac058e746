import Glibc

/// The input under test, where a signal handler can reach it.
nonisolated(unsafe) private let current = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
nonisolated(unsafe) private var currentCount = 0

/// Looks at every input of a long run: none may take a second of the processor, and memory may not
/// grow with their number.
struct InputWatch {
  /// Seconds of the processor that one input may take.
  static let longest = 1.0
  /// Bytes that the second half of a run may add to what is in use.
  static let mostGrowth = 128 << 20

  private let start = InputWatch.clock(CLOCK_MONOTONIC)
  private var began = 0.0
  private(set) var count = 0
  private(set) var faults = 0
  private(set) var slowest = 0.0
  private let expected: Int
  private var resident: Int?

  /// A run of so many inputs; what is in use after half of them is what the end is compared with.
  init(expecting count: Int) { expected = count }

  /// Tells what input brought the process down; one that does not end is stopped.
  static func install() {
    // A stack that has run out leaves no room for telling so on it.
    let size = 1 << 16
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGPROF, SIGALRM] {
      var action = sigaction()
      action.sa_flags = Int32(SA_ONSTACK)
      action.__sigaction_handler.sa_handler = { number in
        let mark: StaticString = "\n=== trap or hang ===\n"
        write(2, mark.utf8Start, mark.utf8CodeUnitCount)
        write(2, current, currentCount)
        _exit(number)
      }
      sigaction(signal, &action, nil)
    }
  }

  /// Ends the process when it takes so many seconds of the processor, or waits for half an hour: on a
  /// busy machine little time may be its own.
  private static func limit(_ seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    alarm(seconds == 0 ? 0 : 1800)
  }

  mutating func begin(_ input: String) {
    currentCount = 0
    for byte in input.utf8.prefix((1 << 16) - 1) {
      current[currentCount] = byte
      currentCount += 1
    }
    if count & 63 == 0 { Self.limit(60) }
    began = Self.clock(CLOCK_PROCESS_CPUTIME_ID)
  }

  /// Ends an input with what did not hold for it.
  mutating func end(_ label: @autoclosure () -> String, _ found: [String]) {
    let took = Self.clock(CLOCK_PROCESS_CPUTIME_ID) - began
    for fault in found { tell("--- \(label())\n=> \(fault)") }
    if took > Self.longest { tell("--- took \(took) s\n\(label())") }
    slowest = max(slowest, took)
    count += 1
    if count == expected / 2 { resident = Self.resident() }
    if count % max(1, expected / 10) == 0 {
      print("\(count) of \(expected), \(faults) faults, \(Self.resident() >> 20) MB in use")
      fflush(nil)
    }
  }

  private mutating func tell(_ fault: String) {
    faults += 1
    print(fault)
    fflush(nil)
  }

  /// Tells the figures of the run; its faults decide the exit status.
  mutating func finish(_ what: String) -> Bool {
    Self.limit(0)
    let (now, half) = (Self.resident(), resident ?? Self.resident())
    if now - half > Self.mostGrowth { tell("--- memory grew by \(now - half) bytes") }
    let seconds = Self.clock(CLOCK_MONOTONIC) - start
    print(
      "\(count) \(what), \(faults) faults, slowest \(Self.short(slowest)) s of processor, "
        + "\(now >> 20) MB in use at the end, \(half >> 20) MB half way, \(Self.peak() >> 20) MB at most, "
        + "\(Self.short(seconds)) s")
    return faults == 0
  }

  private static func short(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private static func clock(_ id: clockid_t) -> Double {
    var now = timespec()
    clock_gettime(id, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// Bytes in use now.
  private static func resident() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let parts = text.split(separator: " ")
    return parts.count > 1 ? (Int(parts[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }

  /// The most memory that was ever in use, in bytes.
  static func peak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
