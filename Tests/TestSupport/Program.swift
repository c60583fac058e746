import Glibc
import Synchronization

/// An executable beside the tests, run with pipes as a shell would run it.
package struct Program {
  package enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  package struct Outcome {
    package let output: String
    package let error: String
    package let ending: Ending
  }

  package let path: String
  /// One launch at a time, so that no program inherits the pipes of another.
  private static let launching = Mutex(())

  package init(_ name: String) { path = BuildFolder.path + "/" + name }

  /// Runs to the end and gives what was printed.
  ///
  /// `environment` changes single variables (nil removes one). After `readsAtMost` bytes the reading
  /// end of the output pipe is closed. Throws when the program runs longer than `seconds`.
  package func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String?] = [:],
    readsAtMost: Int = .max, seconds: Int = 300
  ) throws -> Outcome {
    var (child, session) = try Program.launching.withLock { _ in
      let (stdin, stdout, stderr) = (try Pipe(), try Pipe(), try Pipe())
      // Nothing is ever written to this one: its end tells that the program is gone.
      let life = try Pipe()
      let child = try spawn(
        arguments, environment, [stdin.reading, stdout.writing, stderr.writing, life.writing])
      for end in [stdin.reading, stdout.writing, stderr.writing, life.writing] { end.close() }
      let session = Session(
        input: input, stdin: stdin.writing, stdout: stdout.reading, stderr: stderr.reading,
        life: life.reading, readsAtMost: readsAtMost)
      return (child, session)
    }
    let isDone = session.pump(until: Clock.now + seconds * 1000)
    if !isDone { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard isDone else { throw LaunchError.timedOut(seconds: seconds, arguments) }
    let signal = status & 0x7F
    return Outcome(
      output: String(decoding: session.output, as: UTF8.self),
      error: String(decoding: session.error, as: UTF8.self),
      ending: signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal))
  }

  /// Starts the program with the given ends as its descriptors 0, 1, 2 and 3.
  private func spawn(
    _ arguments: [String], _ environment: [String: String?], _ ends: [PipeEnd]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, end) in ends.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, end.descriptor, Int32(target))
    }
    let words = ([path] + arguments).map { strdup($0) }
    let variables = Program.variables(environment).map { strdup($0) }
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, nil, words + [nil], variables + [nil])
    guard code == 0 else { throw LaunchError.failed(path, code) }
    return child
  }

  private static func variables(_ given: [String: String?]) -> [String] {
    // Tests leave no trace among the runs of the user.
    let changes = given.merging(["GRADUS_RUNS": "none"]) { own, _ in own }
    var all: [String] = []
    var at = environ
    while let entry = at.pointee {
      let text = String(cString: entry)
      let name = String(text.prefix { $0 != "=" })
      if changes[name] == nil { all.append(text) }
      at += 1
    }
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      if let value { all.append("\(name)=\(value)") }
    }
    return all + ["SWIFT_BACKTRACE=enable=no"]
  }
}

package enum LaunchError: Error {
  case failed(String, Int32)
  case timedOut(seconds: Int, [String])
}
