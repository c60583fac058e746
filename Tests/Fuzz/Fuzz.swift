import FormatCheck
import Glibc
import Language
import ProgramCheck
import Tensors

/// fuzz COUNT SEED: programs from the grammar and their mutations, run. fuzz parse COUNT SEED: the same,
/// read only. fuzz trees COUNT SEED: programs written from their trees and read again.
/// fuzz words [NAME]: edge values. fuzz words COUNT SEED: some of all those calls, drawn.
/// fuzz corpus: the inputs that are kept. fuzz keep COUNT SEED: chooses those anew. fuzz stops COUNT SEED: how soon programs stop.
/// fuzz shapes: how soon the shapes of cells are known.
/// fuzz formats COUNT SEED [FIXTURES [NAME,NAME]]: changed files of every format that is read, or some.
/// fuzz pages COUNT SEED: notebooks that are made up, to Jupyter and back, and the reverse.
/// fuzz guided parse|run FOLDER [FLAG]...: libFuzzer on the parser or the evaluator.
/// fuzz edits COUNT SEED FILE_OR_FOLDER...: single digits edited in what notebooks recorded, then verified.
@main enum Fuzz {
  static func main() {
    MemoryBudget.bytes = 64 << 20
    InputWatch.install()
    let arguments = Array(CommandLine.arguments.dropFirst())
    let kind = arguments.first.flatMap { Int($0) == nil ? $0 : nil } ?? "programs"
    let rest = arguments.first == kind ? Array(arguments.dropFirst()) : arguments
    let count = rest.first.flatMap { Int($0) } ?? 1000
    let seed = rest.count > 1 ? Int(rest[1]) ?? 1 : 1
    let isSound =
      switch kind {
      case "programs": programs(count, seed: seed)
      case "parse": texts(count, seed: seed)
      case "trees": trees(count, seed: seed)
      case "words":
        rest.first.flatMap { Int($0) } == nil ? words(rest.first) : words(count, seed: seed)
      case "corpus": corpus()
      case "keep": keep(count, seed: seed)
      case "shapes": Outlines.run()
      case "stops": Stops.run(count, seed: seed)
      case "formats":
        formats(
          count, seed: seed, fixtures: rest.count > 2 ? rest[2] : "Tests/FormatsTests/Fixtures",
          only: rest.count > 3 ? rest[3].split(separator: ",").map(String.init) : [])
      case "pages": Pages.run(count, seed: seed)
      case "guided": Guided.run()
      case "edits": rest.count > 2 && Edits.run(count, seed: seed, paths: Array(rest.dropFirst(2)))
      default: false
      }
    exit(isSound ? 0 : 1)
  }

  private static func programs(_ count: Int, seed: Int) -> Bool {
    let check = ProgramCheck()
    var watch = InputWatch(expecting: count)
    var last = ""
    for index in 0..<count {
      var generator = ProgramGenerator(seed: seed &+ index)
      var source = generator.program()
      if index % 2 == 1 {
        var mutator = ByteMutator(seed: seed &+ index)
        (source, last) = (mutator.mutated(source, with: last), source)
      }
      watch.begin(source)
      watch.end("seed \(seed &+ index)\n\(source)", check.faults(of: source))
    }
    return watch.finish("programs")
  }

  /// Texts that are nearly programs are read or refused.
  private static func texts(_ count: Int, seed: Int) -> Bool {
    var watch = InputWatch(expecting: count)
    var read = 0
    var last = ProgramGenerator.prologue
    for index in 0..<count {
      // A program from the grammar for every sixteen texts made of it.
      if index % 16 == 0 {
        var generator = ProgramGenerator(seed: seed &+ index)
        last = generator.program()
      }
      var mutator = ByteMutator(seed: seed &+ index)
      let source = mutator.mutated(last, with: ProgramGenerator.prologue)
      watch.begin(source)
      if (try? SyntaxText.of(source)) != nil { read += 1 }
      watch.end(source, [])
    }
    return watch.finish("texts, \(read) of them programs")
  }

  private static func trees(_ count: Int, seed: Int) -> Bool {
    var watch = InputWatch(expecting: count)
    for index in 0..<count {
      var generator = ProgramGenerator(seed: seed &+ index)
      let source = generator.program()
      watch.begin(source)
      watch.end("seed \(seed &+ index)\n\(source)", ProgramCheck.treeFaults(of: source))
    }
    return watch.finish("trees")
  }

  /// The corpus: inputs that once were wrong, or reach what few others reach.
  private static func corpus() -> Bool {
    let check = ProgramCheck()
    let inputs = ProgramCorpus.inputs
    var watch = InputWatch(expecting: inputs.count)
    for source in inputs {
      watch.begin(source)
      watch.end(source, check.faults(of: source))
    }
    return watch.finish("inputs of the corpus")
  }

  /// Prints the shortest of so many inputs that together reach what all of them reach.
  private static func keep(_ count: Int, seed: Int) -> Bool {
    let features = ProgramFeatures()
    var inputs: Set<String> = []
    for index in 0..<count {
      var generator = ProgramGenerator(seed: seed &+ index)
      let program = generator.program()
      var mutator = ByteMutator(seed: seed &+ index)
      let texts =
        program.split(separator: "\n").map(String.init)
        + [mutator.mutated(program, with: ProgramGenerator.prologue)]
      for text in texts where text.utf8.count < 160 && !text.contains("---") {
        let trimmed = text.split(separator: "\n", omittingEmptySubsequences: true)
        inputs.insert(trimmed.joined(separator: "\n"))
      }
    }
    let ordered = inputs.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    var seen: Set<String> = []
    var kept: [String] = []
    for input in ordered {
      let reached = features.of(input)
      if reached.isSubset(of: seen) { continue }
      seen.formUnion(reached)
      kept.append(input)
    }
    print(kept.joined(separator: "\n---\n"))
    return true
  }

  private static func call(
    _ calls: EdgeCalls, _ word: Int, _ positions: [Int], _ watch: inout InputWatch
  ) {
    let word = EdgeCalls.words[word]
    let text = calls.text(of: word, positions)
    watch.begin(text)
    let fault = calls.fault(of: word, positions)
    watch.end(text, fault.map { [$0] } ?? [])
  }

  /// Every word, or one, with all edge values in up to three positions.
  private static func words(_ name: String?) -> Bool {
    let calls = EdgeCalls()
    let all = calls.values.indices
    let n = all.count
    let chosen = EdgeCalls.words.indices.filter {
      name == nil || EdgeCalls.words[$0].entry.name == name
    }
    let widths = chosen.map { index in
      let arguments = EdgeCalls.words[index].entry.arguments
      return arguments.contains { $0.isVariadic } ? 3 : min(3, arguments.count)
    }
    let counts = [1 + n, 1 + n, 1 + n + n * n, 1 + n + n * n + n * n * n]
    var watch = InputWatch(expecting: widths.map { counts[$0] }.reduce(0, +))
    for (word, most) in zip(chosen, widths) {
      call(calls, word, [], &watch)
      for a in all {
        call(calls, word, [a], &watch)
        guard most > 1 else { continue }
        for b in all {
          call(calls, word, [a, b], &watch)
          guard most > 2 else { continue }
          for c in all { call(calls, word, [a, b, c], &watch) }
        }
      }
    }
    return watch.finish("calls of \(name ?? "all \(chosen.count) words")")
  }

  /// Calls drawn from all those: each word as often as the others.
  private static func words(_ count: Int, seed: Int) -> Bool {
    let calls = EdgeCalls()
    var dice = Dice(seed: seed)
    var watch = InputWatch(expecting: count)
    for index in 0..<count {
      let word = index % EdgeCalls.words.count
      let arguments = EdgeCalls.words[word].entry.arguments
      let most = arguments.contains { $0.isVariadic } ? 3 : min(3, arguments.count)
      let given = max(1, most - (dice.roll(4) == 0 ? 1 : 0))
      call(calls, word, (0..<given).map { _ in dice.roll(calls.values.count) }, &watch)
    }
    return watch.finish("calls of \(EdgeCalls.words.count) words")
  }

  private static func formats(
    _ count: Int, seed: Int, fixtures: String, only: [String]
  ) -> Bool {
    guard let check = try? FormatCheck(fixtures: fixtures) else {
      print("there are no fixtures in \(fixtures)")
      return false
    }
    var isSound = true
    for format in check.formats where only.isEmpty || only.contains(format.name) {
      guard !format.seeds.isEmpty else {
        print("there are no files of \(format.name) in \(fixtures) to begin with")
        isSound = false
        continue
      }
      var watch = InputWatch(expecting: count)
      var grown = 0
      for index in 0..<count {
        var changes = ByteChanges(seed: seed &+ index)
        let start = format.seeds[changes.roll(format.seeds.count)]
        var bytes = changes.changed(start, with: format.seeds[changes.roll(format.seeds.count)])
        if index % 4 > 0, let mend = format.mend { bytes = mend(bytes) }
        watch.begin("\(format.name), seed \(seed &+ index)")
        let before = InputWatch.peak()
        var faults = FormatCheck.fault(of: bytes, as: format).map { [$0] } ?? []
        let more = InputWatch.peak() - before
        if more > 64 << 20 + 2 * bytes.count { faults.append("it took \(more) bytes") }
        watch.end("\(format.name), seed \(seed &+ index)", faults)
        grown = max(grown, more)
      }
      isSound =
        watch.finish("files of \(format.name), at most \(grown) bytes for one") && isSound
    }
    return isSound
  }
}
