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
