import Datasets
import Language
import Vocabulary

/// A text that may stand at the cursor, with what there is to say about it.
package struct Completion: Sendable, Equatable {
  package enum Kind: Sendable, Equatable { case name, word, argument, field, dataset, file }

  /// What takes the place of the typed letters.
  package let text: String
  package let kind: Kind
  /// The call as the reference prints it, or kind and shape of a value.
  package let signature: String
  /// One sentence, or nothing.
  package let summary: String
  /// What another library calls it, when that was typed.
  package let foreign: String?

  init(
    text: String, kind: Kind, signature: String, summary: String, foreign: String? = nil
  ) {
    (self.text, self.kind, self.signature) = (text, kind, signature)
    (self.summary, self.foreign) = (summary, foreign)
  }
}

/// What may stand at a place of a program: a function of the text, the names of the page and the files
/// that are near.
package struct Completions: Sendable {
  /// The typed letters, as UTF-8 offsets: what a completion replaces.
  package let range: Range<Int>
  /// Those that begin with the letters first, then those that hold them in order.
  package let items: [Completion]
  /// The call around the cursor: its signature and what the argument at the cursor is.
  package let call: (signature: String, argument: String)?

  /// `files` lists a folder beneath the page's own, its folders ending in `/`; it is asked only inside
  /// the text of a word that takes a path.
  package init(
    of source: String, at offset: Int, in names: Names,
    files: (String) -> [String] = { _ in [] }
  ) {
    let place = CursorPlace(source, offset)
    range = place.range
    call = Completions.help(for: place, names)
    var found: [Completion] = []
    switch place.kind {
    case .comment: break
    case .text(let word):
      if word == "dataset" {
        found = DatasetKinds.catalog.items.map(\.entry).map {
          Completion(text: $0.name, kind: .dataset, signature: "dataset", summary: $0.summary)
        }
      } else if ["load", "import", "load_into", "save", "train"].contains(word ?? "") {
        let folder = place.textBefore.lastIndex(of: "/").map {
          String(place.textBefore[...$0])
        }
        found = files(folder ?? "").map {
          Completion(text: $0, kind: .file, signature: folder ?? "", summary: "")
        }
      }
    case .column(let path):
      if case .record? = Completions.value(at: path, names) {
        found = Completions.value(at: path, names).map(Completions.fields) ?? []
      }
    case .field(let path):
      let value = Completions.value(at: path, names)
      found = value.map(Completions.fields) ?? []
      found += Completions.methods(of: value) + Completions.translated(place.typed)
    case .code(let callee, let given):
      if let callee { found = Completions.arguments(of: callee, names, besides: given) }
      found += Completions.translated(place.typed) + Completions.named(names) + Completions.words
    }
    items = Completions.ranked(found, by: place.typed)
  }

  // MARK: What there is

  private static let words: [Completion] = StandardLibrary.entries.map {
    Completion(text: $0.name, kind: .word, signature: $0.signature, summary: $0.summary)
  }

  private static func named(_ names: Names) -> [Completion] {
    names.order.filter { $0 != "ans" }.compactMap { name in
      names[name].map { described(name, .name, $0) }
    }
  }

  /// The word that is meant by what other libraries call it: `Conv2d` for Conv.
  private static func translated(_ typed: String) -> [Completion] {
    guard let known = ForeignName.byName[typed],
      let entry = StandardLibrary.reference.entry(named: known.ours)
    else { return [] }
    return [
      Completion(
        text: entry.name, kind: .word, signature: entry.signature, summary: entry.summary,
        foreign: typed)
    ]
  }

  private static func described(_ name: String, _ kind: Completion.Kind, _ value: Value)
    -> Completion
  {
    if case .function(let function) = value {
      return Completion(
        text: name, kind: kind, signature: function.signature(as: name),
        summary: function.syntax.help.split(separator: "\n").first.map(String.init) ?? "")
    }
    return Completion(text: name, kind: kind, signature: value.shapeText, summary: "")
  }

  /// The value of `d`, `s.opt`, …; runs are not waited for.
  private static func value(at path: [String], _ names: Names) -> Value? {
    guard let first = path.first, var value = names[first] else { return nil }
    for name in path.dropFirst() {
      switch value {
      case .record(let record):
        guard let inner = record[name] else { return nil }
        value = inner
      case .function(let function):
        guard let inner = function.captured.first(where: { $0.name == name }) else { return nil }
        value = inner.value
      default:
        guard case .object(let object) = value,
          let inner = object.children.first(where: { $0.name == name })
        else { return nil }
        value = inner.value
      }
    }
    return value
  }

  private static func fields(of value: Value) -> [Completion] {
    switch value {
    case .record(let record):
      return zip(record.names, record.fields).filter { Int($0.0) == nil }.map {
        described($0.0, .field, $0.1.value)
      }
    case .function(let function):
      return function.captured.map { described($0.name, .field, $0.value) }
    case .tensor, .parameter:
      return ["T", "shape", "ndim", "size", "dtype"].map {
        Completion(text: $0, kind: .field, signature: value.shapeText, summary: "")
      }
    case .object(let object):
      let children = object.children.filter { Int($0.name) == nil }
      return children.map { described($0.name, .field, $0.value) }
        + object.fieldNames.filter { name in !children.contains { $0.name == name } }.map {
          Completion(text: $0, kind: .field, signature: object.kindName, summary: "")
        }
    default: return []
    }
  }

  /// Words that take the value first: `x.mean()`.
  private static func methods(of value: Value?) -> [Completion] {
    let isTensor: Bool
    switch value {
    case .tensor, .parameter: isTensor = true
    case .record, .function, .object: return []
    default: isTensor = false
    }
    return StandardLibrary.entries.filter { entry in
      guard let first = entry.arguments.first, first.isRequired else { return false }
      return isTensor
        ? [.tensor, .any].contains(first.kind) : value == nil || first.kind != .tensor
    }.map {
      Completion(text: $0.name, kind: .word, signature: $0.signature, summary: $0.summary)
    }
  }

  private static func arguments(of callee: String, _ names: Names, besides given: Set<String>)
    -> [Completion]
  {
    if let value = names[callee] {
      guard case .function(let function) = value else { return [] }
      return function.argumentNames.filter { !given.contains($0) }.map {
        Completion(
          text: $0 + "=", kind: .argument, signature: function.signature(as: callee), summary: "")
      }
    }
    guard let entry = StandardLibrary.reference.entry(named: callee) else { return [] }
    return entry.arguments.filter { !given.contains($0.name) && !$0.isVariadic }.map {
      Completion(
        text: $0.name + "=", kind: .argument, signature: $0.signature, summary: $0.summary)
    }
  }

  private static func help(for place: CursorPlace, _ names: Names) -> (
    signature: String, argument: String
  )? {
    guard let callee = place.callee else { return nil }
    if case .function(let function)? = names[callee] {
      return (function.signature(as: callee), "")
    }
    guard names[callee] == nil, let entry = StandardLibrary.reference.entry(named: callee) else {
      return nil
    }
    let named = place.argumentName.flatMap { name in
      entry.arguments.first { $0.name == name }
    }
    let positional =
      place.position < entry.arguments.count
      ? entry.arguments[place.position] : entry.arguments.last { $0.isVariadic }
    let argument = named ?? positional
    return (entry.signature, argument.map { "\($0.name): \($0.summary)" } ?? "")
  }

  // MARK: Order

  private static func ranked(_ all: [Completion], by typed: String) -> [Completion] {
    let wanted = Array(typed.lowercased().filter { $0 != "_" })
    var seen: Set<String> = []
    let scored = all.enumerated().compactMap { index, item -> (Int, Int, Int, Completion)? in
      guard item.text != typed,
        let score = item.foreign == nil ? score(item.text, typed, wanted) : 0,
        seen.insert(item.text).inserted
      else { return nil }
      let kind = [.argument, .field, .name, .dataset, .file].contains(item.kind) ? 0 : 1
      return (score, kind, index, item)
    }
    return scored.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
  }

  /// 0 for the same letters at the start, 1 for the same in small letters, more the more letters
  /// stand between those that are wanted; nil when one is not there.
  private static func score(_ text: String, _ typed: String, _ wanted: [Character]) -> Int? {
    if text.hasPrefix(typed) { return 0 }
    let letters = Array(text.lowercased().filter { $0 != "_" })
    if letters.starts(with: wanted) { return 1 }
    // One letter in the middle of a word says little.
    guard wanted.count > 1, letters.first == wanted.first || wanted.count > 2 else { return nil }
    var at = 0
    var gaps = 0
    for letter in wanted {
      guard let next = letters[at...].firstIndex(of: letter) else { return nil }
      gaps += next - at
      at = next + 1
    }
    return 2 + gaps
  }
}
