import Glibc
import Synchronization

/// Messages from other threads to the one that owns the screen, which can wait for them.
package final class Mailbox<Message: Sendable>: Sendable {
  private let waiting = Mutex<[Message]>([])
  private let reading: Int32
  private let writing: Int32

  package init() {
    var ends: [Int32] = [-1, -1]
    let code = pipe(&ends)
    precondition(code == 0, "the system has no pipe left")
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// Readable while a message waits.
  package var descriptor: Int32 { reading }

  package func send(_ message: Message) {
    waiting.withLock { $0.append(message) }
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// All messages that have arrived, oldest first.
  package func drain() -> [Message] {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(reading, &bytes, bytes.count) == bytes.count {}
    return waiting.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }

  /// Waits for a message, at most so long; false when none came.
  @discardableResult
  package func wait(milliseconds: Int) -> Bool {
    var descriptor = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, Int32(milliseconds)) > 0
  }
}
