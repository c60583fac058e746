import CTerminal
import Dispatch
import Glibc
import Synchronization

/// A terminal of the program's own, to which real ones attach through a socket beside the notebook.
///
/// What an attached terminal sends: `K`, two bytes of length, keys; or `S`, columns and rows as two
/// bytes each. What it gets is what the screen writes.
package final class TerminalHost: Sendable {
  private let master: Int32
  private let listening: Int32
  private let wake: (reading: Int32, writing: Int32)
  private let place: SocketPlace
  private let attached = Atomic<Bool>(false)
  private let arrivals = Atomic<Int>(0)
  private let wishes = Mutex<Wish?>(nil)

  private enum Wish { case drop, end }

  /// Makes the terminal that this program reads and writes from now on one of its own.
  package init(_ place: SocketPlace, columns: Int, rows: Int) throws(HostProblem) {
    self.place = place
    var slave: Int32 = -1
    master = ct_pty_open(Int32(columns), Int32(rows), &slave)
    guard master >= 0 else { throw HostProblem(reason: String(cString: strerror(errno))) }
    listening = ct_socket_listen(place.folder, place.name)
    guard listening >= 0 else {
      let reason = String(cString: strerror(errno))
      close(master)
      close(slave)
      throw HostProblem(reason: reason)
    }
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "the system has no pipe left")
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wake = (ends[0], ends[1])
    ct_pty_take(slave)
    DispatchQueue(label: "terminal host").async { @Sendable [self] in serve() }
  }

  /// Whether anyone looks.
  package var isAttached: Bool { attached.load(ordering: .acquiring) }

  /// How often a terminal has been attached.
  package var arrivalCount: Int { arrivals.load(ordering: .acquiring) }

  /// Lets the attached terminal go.
  package func drop() { ask(.drop) }

  /// Nobody can attach any more.
  package func end() {
    unlink(place.path)
    ask(.end)
  }

  private func ask(_ wish: Wish) {
    wishes.withLock { $0 = wish }
    var byte: UInt8 = 1
    _ = write(wake.writing, &byte, 1)
  }

  /// Carries bytes both ways until the end.
  private func serve() {
    var visitor = Visitor()
    while true {
      var all = [wake.reading, listening, master, visitor.socket].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      if !visitor.keys.isEmpty { all[2].events |= Int16(POLLOUT) }
      if !visitor.picture.isEmpty { all[3].events |= Int16(POLLOUT) }
      if poll(&all, nfds_t(all.count), -1) < 0 { continue }
      if all[0].revents != 0 {
        var bytes = [UInt8](repeating: 0, count: 16)
        _ = read(wake.reading, &bytes, bytes.count)
        switch wishes.withLock({ $0 }) {
        case .end:
          visitor.finish(reading: master)
          close(listening)
          return
        case .drop: visitor.finish(reading: master)
        case nil: break
        }
        wishes.withLock { $0 = nil }
      }
      if all[1].revents != 0 {
        let arrived = ct_socket_accept(listening)
        if arrived >= 0 {
          visitor.leave()
          visitor = Visitor(socket: arrived)
        }
      }
      if all[2].revents & Int16(POLLIN) != 0 { visitor.show(reading: master) }
      if visitor.socket >= 0, all[3].fd == visitor.socket, all[3].revents != 0 {
        visitor.hear()
        if let size = visitor.takeSize() {
          ct_pty_resize(master, size.columns, size.rows)
          if !isAttached {
            arrivals.wrappingAdd(1, ordering: .releasing)
            attached.store(true, ordering: .releasing)
          }
          kill(getpid(), SIGWINCH)
        }
      }
      visitor.send(to: master)
      if visitor.socket < 0, isAttached { attached.store(false, ordering: .releasing) }
    }
  }
}

/// Why no terminal of one's own could be made.
package struct HostProblem: Error, Sendable {
  package let reason: String
}

/// Where the socket of a session is.
package struct SocketPlace: Sendable {
  package let folder: String
  package let name: String
  package var path: String { folder + "/" + name }

  package init(folder: String, name: String) { (self.folder, self.name) = (folder, name) }

  /// Whether a session answers there.
  package var answers: Bool {
    let socket = ct_socket_connect(folder, name)
    guard socket >= 0 else { return false }
    close(socket)
    return true
  }
}

/// The terminal that is attached, if any.
private struct Visitor {
  private(set) var socket: Int32 = -1
  private var heard: [UInt8] = []
  private(set) var keys: [UInt8] = []
  private(set) var picture: [UInt8] = []
  private var size: (columns: Int32, rows: Int32)?
  private var isReady = false

  /// A terminal that does not read is let go before this much waits for it.
  private static let patience = 1 << 22

  init() {}
  init(socket: Int32) { self.socket = socket }

  mutating func leave() {
    if socket >= 0 { close(socket) }
    (socket, picture, keys, heard) = (-1, [], [], [])
  }

  /// Sends what is left, then leaves.
  mutating func finish(reading master: Int32) {
    show(reading: master)
    for _ in 0..<50 where socket >= 0 && !picture.isEmpty {
      var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
      if poll(&waiting, 1, 20) > 0 { send(to: -1) }
    }
    leave()
  }

  mutating func show(reading master: Int32) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      if isReady { picture += buffer[..<count] }
      if picture.count > Visitor.patience { return leave() }
    }
  }

  mutating func hear() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(socket, &buffer, buffer.count)
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return leave() }
    guard count > 0 else { return }
    heard += buffer[..<count]
    while let kind = heard.first {
      if kind == UInt8(ascii: "S"), heard.count >= 5 {
        size = (word(1), word(3))
        isReady = true
        heard.removeFirst(5)
      } else if kind == UInt8(ascii: "K"), heard.count >= 3, heard.count >= 3 + Int(word(1)) {
        let length = Int(word(1))
        keys += heard[3..<(3 + length)]
        heard.removeFirst(3 + length)
      } else if kind != UInt8(ascii: "S"), kind != UInt8(ascii: "K") {
        return leave()
      } else {
        return
      }
    }
  }

  private func word(_ at: Int) -> Int32 { Int32(heard[at]) << 8 | Int32(heard[at + 1]) }

  mutating func takeSize() -> (columns: Int32, rows: Int32)? {
    defer { size = nil }
    return size
  }

  mutating func send(to master: Int32) {
    if !keys.isEmpty, master >= 0 {
      let count = write(master, keys, keys.count)
      if count > 0 { keys.removeFirst(count) }
    }
    if !picture.isEmpty, socket >= 0 {
      let count = Glibc.send(socket, picture, picture.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        picture.removeFirst(count)
      } else if errno != EAGAIN, errno != EINTR {
        leave()
      }
    }
  }
}
