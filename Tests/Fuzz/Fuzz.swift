import FormatCheck
import Glibc
import Language
import ProgramCheck
import Tensors

/// The input under test, where a signal handler can reach it.
nonisolated(unsafe) private let current = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
nonisolated(unsafe) private var currentCount = 0
nonisolated(unsafe) private var began = timespec()

private func remember(_ text: String) {
  currentCount = 0
  for byte in text.utf8.prefix((1 << 16) - 1) {
    current[currentCount] = byte
    currentCount += 1
  }
  clock_gettime(CLOCK_MONOTONIC, &began)
}

private func seconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec - began.tv_sec) + Double(now.tv_nsec - began.tv_nsec) / 1e9
}

/// Tells what input brought the process down; a hang is one too.
private func watch() {
  for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
    Glibc.signal(signal) { number in
      let mark: StaticString = "\n=== trap or hang ===\n"
      write(2, mark.utf8Start, mark.utf8CodeUnitCount)
      write(2, current, currentCount)
      _exit(number)
    }
  }
}

/// fuzz COUNT SEED: programs from the grammar and their mutations, run. fuzz parse COUNT SEED: the same,
/// read only. fuzz trees COUNT SEED: programs written from their trees and read again.
/// fuzz words [NAME]: edge values.
/// fuzz formats COUNT SEED [FIXTURES]: changed files of every format that is read.
@main enum Fuzz {
  static func main() {
    MemoryBudget.bytes = 64 << 20
    watch()
    let arguments = CommandLine.arguments
    if arguments.count > 1, arguments[1] == "words" {
      words(arguments.count > 2 ? arguments[2] : nil)
    } else if arguments.count > 1, arguments[1] == "formats" {
      formats(
        arguments.count > 2 ? Int(arguments[2]) ?? 1000 : 1000,
        seed: arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1,
        fixtures: arguments.count > 4 ? arguments[4] : "Tests/FormatsTests/Fixtures")
    } else if arguments.count > 2, arguments[1] == "parse" {
      texts(Int(arguments[2]) ?? 1000, seed: arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1)
    } else if arguments.count > 2, arguments[1] == "trees" {
      trees(Int(arguments[2]) ?? 1000, seed: arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1)
    } else {
      programs(
        arguments.count > 1 ? Int(arguments[1]) ?? 1000 : 1000,
        seed: arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1)
    }
  }

  private static func programs(_ count: Int, seed: Int) {
    let check = ProgramCheck()
    var (faults, slowest) = (0, 0.0)
    var last = ""
    for index in 0..<count {
      var generator = ProgramGenerator(seed: seed &+ index)
      var source = generator.program()
      if index % 2 == 1 {
        var mutator = ByteMutator(seed: seed &+ index)
        (source, last) = (mutator.mutated(source, with: last), source)
      }
      remember(source)
      alarm(20)
      for fault in check.faults(of: source) {
        faults += 1
        print("--- seed \(seed &+ index)\n\(source)\n=> \(fault)")
      }
      let time = seconds()
      if time > 1 { print("--- seed \(seed &+ index) took \(time) s\n\(source)") }
      slowest = max(slowest, time)
      if index % 100_000 == 99_999 { print("\(index + 1) programs, \(faults) faults") }
      fflush(nil)
    }
    print(
      "\(count) programs, \(faults) faults, slowest \(slowest) s, \(MemoryBudget.used) bytes held")
  }

  /// The most memory that was ever in use, in bytes.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  private static func formats(_ count: Int, seed: Int, fixtures: String) {
    guard let check = try? FormatCheck(fixtures: fixtures) else {
      return print("there are no fixtures in \(fixtures)")
    }
    for format in check.formats {
      var (faults, slowest, grown) = (0, 0.0, 0)
      for index in 0..<count {
        var changes = ByteChanges(seed: seed &+ index)
        let start = format.seeds[changes.roll(format.seeds.count)]
        var bytes = changes.changed(start, with: format.seeds[changes.roll(format.seeds.count)])
        if index % 4 > 0, let mend = format.mend { bytes = mend(bytes) }
        remember("\(format.name), seed \(seed &+ index)")
        alarm(10)
        let before = peak
        if let fault = FormatCheck.fault(of: bytes, as: format) {
          faults += 1
          print("--- \(format.name), seed \(seed &+ index): \(fault)")
        }
        let more = peak - before
        if more > 64 << 20 + 2 * bytes.count {
          faults += 1
          print("--- \(format.name), seed \(seed &+ index) took \(more) bytes")
        }
        (slowest, grown) = (max(slowest, seconds()), max(grown, more))
      }
      alarm(0)
      print(
        "\(format.name): \(count) files, \(faults) faults, slowest \(slowest) s, "
          + "most memory for one \(grown) bytes")
      fflush(nil)
    }
  }

  /// Texts that are nearly programs are read or refused.
  private static func texts(_ count: Int, seed: Int) {
    var (read, slowest) = (0, 0.0)
    var last = ProgramGenerator.prologue
    for index in 0..<count {
      // A program from the grammar for every sixteen texts made of it.
      if index % 16 == 0 {
        var generator = ProgramGenerator(seed: seed &+ index)
        last = generator.program()
      }
      var mutator = ByteMutator(seed: seed &+ index)
      let source = mutator.mutated(last, with: ProgramGenerator.prologue)
      remember(source)
      if index % 64 == 0 { alarm(20) }
      if (try? SyntaxText.of(source)) != nil { read += 1 }
      slowest = max(slowest, seconds())
      if index % 1_000_000 == 999_999 {
        print("\(index + 1) texts")
        fflush(nil)
      }
    }
    print("\(count) texts, \(read) of them programs, slowest \(slowest) s")
  }

  private static func trees(_ count: Int, seed: Int) {
    var faults = 0
    for index in 0..<count {
      var generator = ProgramGenerator(seed: seed &+ index)
      let source = generator.program()
      remember(source)
      alarm(20)
      for fault in ProgramCheck.treeFaults(of: source) {
        faults += 1
        print("--- seed \(seed &+ index)\n\(source)\n=> \(fault)")
      }
    }
    print("\(count) trees, \(faults) faults")
  }

  private static func words(_ name: String?) {
    let calls = EdgeCalls()
    let all = calls.values.indices
    var (count, faults) = (0, 0)
    func call(_ word: Int, _ positions: [Int]) {
      let text = calls.text(of: EdgeCalls.words[word], positions)
      remember(text)
      alarm(20)
      count += 1
      if let fault = calls.fault(of: EdgeCalls.words[word], positions) {
        faults += 1
        print("\(text)\n=> \(fault)")
      }
      if seconds() > 1 { print("\(text) took \(seconds()) s") }
    }
    for (index, word) in EdgeCalls.words.enumerated() where name == nil || word.entry.name == name {
      let most = word.entry.arguments.contains { $0.isVariadic } ? 3 : word.entry.arguments.count
      call(index, [])
      for a in all {
        call(index, [a])
        if most > 1 { for b in all { call(index, [a, b]) } }
      }
      if most > 2 { for a in all { for b in all { for c in all { call(index, [a, b, c]) } } } }
      fflush(nil)
    }
    print("\(count) calls of \(name ?? "all words"), \(faults) faults")
  }
}
