extension Notebook {
  /// Gives cells without an id one made of their text; a doubled id is renamed at its second place. The
  /// bytes stay as they are until something is recorded for the cell, or `writeIDs`.
  mutating func nameCells() {
    var taken: Set<String> = []
    var next: [String: Int] = [:]
    for at in cells { if id(of: at) != "" { taken.insert(id(of: at)) } }
    var seen: Set<String> = []
    for at in cells {
      guard case .code(var id, let flags) = segments[at].kind else { continue }
      if id.isEmpty || seen.contains(id) {
        if !id.isEmpty { note(segments[at].line, "the id #\(id) is used twice") }
        let base = Notebook.shortName(of: segments[at].body)
        id = base
        while taken.contains(id) {
          let number = next[base, default: 2]
          next[base] = number + 1
          id = "\(base)\(number)"
        }
        segments[at].kind = .code(id: id, flags: flags)
        taken.insert(id)
      }
      seen.insert(id)
    }
  }

  /// Tells of outputs and expectations whose cell is not there; they are kept.
  mutating func findOrphans() {
    let ids = Set(cells.map { id(of: $0) })
    for segment in segments {
      switch segment.kind {
      case .output(let id, _) where !ids.contains(id):
        note(segment.line, "this output belongs to no cell; it is kept")
      case .expect(let id, _) where !ids.contains(id):
        note(segment.line, "this expectation belongs to no cell; it is kept")
      case .text, .code, .output, .expect, .conflict, .ledger: break
      }
    }
  }

  /// Writes into the fences the ids that cells were given.
  package mutating func writeIDs() { for at in cells { writeID(at) } }

  /// The same for one cell: its fence line changes, nothing else.
  mutating func writeID(_ at: Int) {
    guard case .code(let id, _) = segments[at].kind else { return }
    let raw = segments[at].raw
    let end = raw.firstIndex(of: 10) ?? raw.count
    let line = raw[..<end]
    // The word that begins with # after the kind of the block, if there is one.
    let name = Array("gradus".utf8)
    guard let tick = line.lastIndex(of: UInt8(ascii: "`")) else { return }
    guard let start = line[tick...].firstIndex(of: name[0]) else { return }
    let rest = line[(start + name.count)...]
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")), [32, 9].contains(raw[hash - 1]) {
      let stop = rest[hash...].firstIndex { [32, 9, 13].contains($0) } ?? end
      guard Array(raw[(hash + 1)..<stop]) != Array(id.utf8) else { return }
      segments[at].raw.replaceSubrange((hash + 1)..<stop, with: id.utf8)
    } else {
      let place = start + name.count
      segments[at].raw.insert(contentsOf: (" #" + id).utf8, at: place)
    }
  }

  /// Five letters that depend on the text alone (FNV-1a).
  private static func shortName(of text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return String((0..<5).map { letters[Int(hash >> UInt64($0 * 11) % 26)] })
  }
}
