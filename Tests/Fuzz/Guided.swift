import CFuzzer
import Files
import Glibc
import Language
import Library
import ProgramCheck
import Synchronization
import Tensors

/// libFuzzer, which keeps what reaches new code: texts for the parser, or programs that run.
///
/// It is there when the program was built with `--sanitize=fuzzer`. A fault ends the process, and the
/// input that led to it lies in the folder.
enum Guided {
  fileprivate enum Kind: String {
    case parse, run
  }

  nonisolated(unsafe) fileprivate private(set) static var kind = Kind.parse

  /// Hands the arguments over to libFuzzer, which asks `prepared` what to make of them.
  static func run() -> Bool {
    var count = CommandLine.argc
    var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    let code = run_fuzzer(&count, &words, anyInput)
    if code < 0 {
      print("this was built without libFuzzer: swift build --sanitize=fuzzer, see README")
    }
    return code == 0
  }

  /// The arguments of libFuzzer for those of `fuzz guided`.
  fileprivate static func prepared(_ arguments: [String]) throws(FileError) -> [String]? {
    guard arguments.count > 2, arguments[0] == "guided", let kind = Kind(rawValue: arguments[1])
    else { return nil }
    self.kind = kind
    let (folder, rest) = (arguments[2], arguments.dropFirst(3))
    var all = ["-timeout=20", "-rss_limit_mb=2048", "-artifact_prefix=\(folder)/"]
    if rest.allSatisfy({ $0.hasPrefix("-") }) {
      try prepare(folder)
      all += [folder + "/found", folder + "/seeds", "-dict=\(folder)/words.dict", "-max_len=512"]
    }
    MemoryBudget.bytes = 64 << 20
    // Neither runs of earlier sessions nor what stands in the folder decide what happens.
    setenv("GRADUS_RUNS", "none", 1)
    // libFuzzer leaves handlers alone that somebody else has set, and Swift sets some.
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      signal(number, SIG_DFL)
    }
    GuidedClock.shared.start()
    return all + rest
  }

  /// Writes the inputs to begin with, and the words that programs are made of.
  private static func prepare(_ folder: String) throws(FileError) {
    for part in ["found", "seeds"] { FileBytes.makeFolder(folder + "/" + part) }
    let examples = StandardLibrary.entries.flatMap(\.examples).map(\.source)
    for (index, seed) in (ProgramCorpus.inputs + examples).enumerated() {
      try write(seed, to: "\(folder)/seeds/\(index)")
    }
    let lines = words.map { "\"" + $0.utf8.map(escaped).joined() + "\"\n" }
    try write(lines.joined(), to: folder + "/words.dict")
  }

  /// Without waiting for the disk, as these are many and made anew each time.
  private static func write(_ text: String, to path: String) throws(FileError) {
    guard let file = fopen(path, "w") else { throw .denied(path: path) }
    fputs(text, file)
    fclose(file)
  }

  private static var words: [String] {
    let signs = [
      "+=", "-=", "*=", "/=", "@=", "**", "//", "++", "==", "!=", "<=", ">=", "=>", "->", ">>",
      "|>",
      "...", "≤", "≠", "∇", "π", "\"\"\"", "{{", "}}", "\"{x:.2f}\"", "##", "else {", "else err {",
      "[none, :]", "::-1", "(x: [n, d])",
    ]
    let keywords = words(
      "if else for in while break continue return and or not true false none try import axis=0 "
        + "keepdims=true dtype=f64")
    return signs + keywords + StandardLibrary.entries.flatMap { [$0.name] + $0.aliases }
      + EdgeCalls.sources
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): "\\\""
    case UInt8(ascii: "\\"): "\\\\"
    case 32..<127: String(UnicodeScalar(byte))
    default: "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
  }

  // MARK: One input

  /// Names once made, and files that are not there: `/dev/null` is no folder.
  private static let check = ProgramCheck(folder: "/dev/null")

  fileprivate static func look(at source: String) {
    let interruption = GuidedClock.shared.begin()
    let began = GuidedClock.processor()
    var faults =
      switch kind {
      case .parse: ProgramCheck.treeFaults(of: source) + ProgramCheck.formatFaults(of: source)
      case .run: check.faults(of: source, interruption: interruption)
      }
    GuidedClock.shared.end()
    let took = GuidedClock.processor() - began
    if took > GuidedClock.longest { faults.append("it took \(took) s of processor") }
    guard faults.isEmpty else {
      print("--- \(source)\n=> \(faults.joined(separator: "\n=> "))")
      fflush(nil)
      abort()
    }
  }
}

/// Asks a program to stop that waits too long: for a training, say. One that does not stop then is
/// ended by libFuzzer.
private final class GuidedClock: Sendable {
  static let shared = GuidedClock()
  /// Seconds of the processor for one input: with libFuzzer's counters all is slower.
  static let longest = 3.0

  private let interruption = Interruption()
  /// When the input began, in milliseconds; 0 between inputs.
  private let began = Atomic<Int>(0)

  func start() {
    DeepStack.start {
      while true {
        usleep(100_000)
        let began = self.began.load(ordering: .relaxed)
        if began > 0, Self.now() - began > 4000 { self.interruption.request() }
      }
    }
  }

  func begin() -> Interruption {
    interruption.clear()
    began.store(Self.now(), ordering: .relaxed)
    return interruption
  }

  func end() { began.store(0, ordering: .relaxed) }

  private static func now() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
  }

  /// Seconds of the processor that this thread has had.
  static func processor() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}

/// libFuzzer's main, or ours by way of it, asks for the arguments, and then with one input after the
/// other.
@_cdecl("LLVMFuzzerInitialize")
func begin(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> Int32 {
  let given = (0..<Int(count.pointee)).compactMap { words.pointee?[$0].map { String(cString: $0) } }
  deepen(words.pointee)
  do throws(FileError) {
    guard let all = try Guided.prepared(Array(given.dropFirst())) else {
      print("fuzz guided parse|run FOLDER [FLAG OF LIBFUZZER | INPUT]...")
      exit(2)
    }
    // They are needed until the process ends.
    let kept = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: all.count + 2)
    for (index, word) in (given.prefix(1) + all).enumerated() { kept[index] = strdup(word) }
    kept[all.count + 1] = nil
    words.pointee = kept
    count.pointee = Int32(all.count + 1)
    return 0
  } catch {
    print(error.message)
    exit(2)
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
func anyInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let source = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  Guided.look(at: source)
  return 0
}

/// Begins anew with a stack as `DeepStack` has it: a thread for each input would wait for the processor.
private func deepen(_ words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
  var limit = rlimit()
  let stack = __rlimit_resource_t(RLIMIT_STACK.rawValue)
  guard getrlimit(stack, &limit) == 0, limit.rlim_cur < 128 << 20 else { return }
  limit.rlim_cur = min(limit.rlim_max, 128 << 20)
  guard setrlimit(stack, &limit) == 0, let words else { return }
  execv("/proc/self/exe", words)
}
