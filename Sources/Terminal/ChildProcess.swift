import CTerminal
import Glibc

/// Another program on this terminal.
package enum ChildProcess {
  /// Runs a program and waits for it; its exit status.
  package static func run(_ arguments: [String]) -> Int32 {
    var pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return ct_run(pointers)
  }
}

/// The other threads of this program.
package enum OtherThreads {
  /// Lets the thread that draws go first when all processors are at work.
  package static func giveWay() { ct_yield_to_screen(nice) }

  /// Called by the thread that draws: short turns for it.
  package static func screenFirst() { ct_screen_first() }

  /// Called by a thread that works: it and those that it begins give way.
  package static func thisGivesWay() { ct_thread_gives_way(nice) }

  private static let nice: Int32 = 10
}

/// A program without a terminal, in a session of its own.
package enum DetachedProcess {
  /// The variable that tells a program to make a terminal of its own.
  package static let variable = "GRADUS_DETACHED"

  /// Whether this program was started without a terminal.
  package static var isThis: Bool { getenv(variable) != nil }

  /// Starts a program; its process, or less than 1.
  package static func start(_ arguments: [String]) -> Int32 {
    setenv(variable, "1", 1)
    defer { unsetenv(variable) }
    return spawn(arguments)
  }

  /// Starts a shell that wakes this process as soon as it has been stopped.
  package static func wakeThisWhenStopped() {
    let script =
      "n=0; until grep -q '^State:.T' /proc/$1/status || [ $n -gt 100 ]; do sleep 0.02; n=$((n+1)); done; kill -CONT $1"
    _ = spawn(["sh", "-c", script, "sh", "\(getpid())"])
  }

  package static func hasEnded(_ process: Int32) -> Bool {
    var status: Int32 = 0
    return waitpid(process, &status, WNOHANG) == process
  }

  private static func spawn(_ arguments: [String]) -> Int32 {
    var pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return ct_start(pointers, nil)
  }
}
