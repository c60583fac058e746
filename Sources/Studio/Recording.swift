import Files
import Terminal
import Training

/// A session as it went: the page it began with, every key with its moment, and the order in which
/// answers came. Doing the same again gives the same state at every moment.
package struct Recording: Sendable, Equatable {
  package enum Event: Sendable, Equatable {
    case key(Key)
    /// Nobody typed for a moment.
    case rest
    case size(columns: Int, rows: Int)
    /// An answer came; the word tells which one.
    case answer(String)
    case saved(changes: Int, isCopy: Bool, path: String, problem: String?)
    /// The page was read again from these bytes.
    case reloaded([UInt8])
    /// Another program had written these bytes, and the user was asked.
    case changed([UInt8])
    /// How far a run had come when a key was pressed: the number of the evaluation that started it,
    /// and which of its runs it is.
    case live(number: Int, run: Int, step: Int, Course)
    /// How far a run had come between two keys.
    case progress(number: Int, run: Int, step: Int)
    /// What was found outside of the page.
    case found(Found)
    /// What is known of a lesson could not be kept.
    case unkept(String)
    /// What was done to a run at a step.
    case steered(number: Int, run: Int, SteeringEvent)
  }

  package enum Course: String, Sendable {
    case moves, paused, ended
  }

  package struct Moment: Sendable, Equatable {
    /// Milliseconds since the beginning.
    package let time: Int
    package let event: Event
  }

  /// The file name of the notebook.
  package let name: String
  /// The keys file of who recorded it.
  package let keys: String
  package let page: [UInt8]
  /// How it began, besides the page; nil in old recordings.
  package var beginning: Beginning?
  package var moments: [Moment] = []

  package init(name: String, keys: String, page: [UInt8], _ beginning: Beginning? = nil) {
    (self.name, self.keys, self.page, self.beginning) = (name, keys, page, beginning)
  }

  /// Milliseconds from the beginning to the last event.
  package var duration: Int { moments.last?.time ?? 0 }

  /// What was done to the runs of each evaluation, in their order.
  package var steering: [Int: [[SteeringEvent]]] {
    var found: [Int: [[SteeringEvent]]] = [:]
    for case .steered(let number, let run, let event) in moments.map(\.event) {
      while found[number, default: []].count <= run { found[number, default: []].append([]) }
      found[number]?[run].append(event)
    }
    return found
  }

  // MARK: Text

  private static let mark = "gradus recording 1"

  /// The lines that begin a recording.
  package var head: String {
    """
    \(Recording.mark)
    name \(Base64.text(Array(name.utf8)))
    keys \(Base64.text(Array(keys.utf8)))
    page \(Base64.text(page))

    """ + (beginning?.lines ?? "")
  }

  package static func line(_ moment: Moment) -> String {
    "\(moment.time) \(moment.event.text)\n"
  }

  package var text: String { head + moments.map(Recording.line).joined() }

  /// Why a text is no recording.
  package struct Problem: Error, Sendable, Equatable {
    package let line: Int
    package let message: String
  }

  /// Reads what `text` writes. A last line that is torn is left out.
  package init(_ bytes: [UInt8]) throws(Problem) {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map(String.init) == Recording.mark else {
      throw Problem(line: 1, message: "a recording begins with `\(Recording.mark)`")
    }
    func field(_ at: Int, _ name: String) throws(Problem) -> [UInt8] {
      guard lines.count > at + 1, lines[at].hasPrefix(name + " "),
        let bytes = Base64.bytes(lines[at].dropFirst(name.count + 1))
      else { throw Problem(line: at + 1, message: "here stands `\(name)` and base64") }
      return bytes
    }
    name = String(decoding: try field(1, "name"), as: UTF8.self)
    keys = String(decoding: try field(2, "keys"), as: UTF8.self)
    page = try field(3, "page")
    let count: Int
    (beginning, count) = Beginning.read(lines.dropFirst(4))
    var last = 0
    // What follows the last line end was torn off by a crash.
    for (at, line) in lines.enumerated().dropLast().dropFirst(4 + count) where !line.isEmpty {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let time = Int(words[0]), time >= last, let event = Event(words[1])
      else {
        throw Problem(line: at + 1, message: "this is no event of a recording: \(line.prefix(60))")
      }
      moments.append(Moment(time: time, event: event))
      last = time
    }
  }
}
