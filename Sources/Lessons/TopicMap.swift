import Files
import Vocabulary

/// The topics as a tree, with the notebooks that are there.
package struct TopicMap: Sendable {
  /// A notebook that treats a topic, or will.
  package struct Leaf: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
      case lesson(Int)
      case file(String)
      case planned
    }
    package let name: String
    package let place: Place
  }

  package struct Row: Sendable {
    package let topic: Topic
    /// Those that are there come first.
    package let leaves: [Leaf]
    package var isPlanned: Bool { leaves.allSatisfy { $0.place == .planned } }
  }

  package let rows: [Row]

  /// `folder` holds the notebooks, with those of `lessons` and `zoo` in folders of their own.
  package init(_ folder: String, _ shelf: LessonShelf?) {
    let titles = Dictionary(
      (shelf?.lessons ?? []).map { ($0.lesson.number, $0.lesson.title) },
      uniquingKeysWith: { a, _ in a })
    rows = Topics.all.map { topic in
      func file(_ name: String, _ path: String) -> Leaf {
        Leaf(name: name, place: FileBytes.exists(path) ? .file(path) : .planned)
      }
      let leaves =
        topic.lessons.map { number in
          Leaf(
            name: "lesson \(number)" + (titles[number].map { ": \($0)" } ?? ""),
            place: titles[number] == nil ? .planned : .lesson(number))
        } + topic.zoo.map { file("zoo: \($0)", "\(folder)/zoo/\($0).grd.md") }
        + topic.pages.map { file($0, "\(folder)/\($0).grd.md") }
      return Row(
        topic: topic,
        leaves: leaves.filter { $0.place != .planned } + leaves.filter { $0.place == .planned })
    }
  }

  /// That of the notebooks that come with the program.
  package static func shipped() -> TopicMap {
    let shelf = LessonShelf.shipped()
    let folder = shelf.map { $0.folder + "/.." }.flatMap { FileBytes.realPath($0) }
    return TopicMap(folder ?? "notebooks", shelf)
  }

  /// Rows of an area by their branches, in the order in which branches are named first.
  package func branches(of area: Topic.Area) -> [(name: String, rows: [Row])] {
    var branches: [(name: String, rows: [Row])] = []
    for row in rows where row.topic.area == area {
      if let at = branches.firstIndex(where: { $0.name == row.topic.entry.family }) {
        branches[at].rows.append(row)
      } else {
        branches.append((row.topic.entry.family, [row]))
      }
    }
    return branches
  }

  /// The tree as lines of text.
  package func lines() -> [String] {
    var lines = ["deep learning"]
    let areas = Topic.Area.allCases
    for (at, area) in areas.enumerated() {
      let isLastArea = at == areas.count - 1
      lines.append((isLastArea ? "└─ " : "├─ ") + area.rawValue)
      let stem = isLastArea ? "   " : "│  "
      let branches = branches(of: area)
      for (number, branch) in branches.enumerated() {
        let isLast = number == branches.count - 1
        lines.append(stem + (isLast ? "└─ " : "├─ ") + branch.name)
        let inner = stem + (isLast ? "   " : "│  ")
        for (index, row) in branch.rows.enumerated() {
          let tick = row.isPlanned ? "·" : "✓"
          lines.append(
            inner + (index == branch.rows.count - 1 ? "└─ " : "├─ ")
              + "\(tick) \(row.topic.entry.name)  \(row.topic.entry.summary)  [\(row.places)]")
        }
      }
    }
    return lines
  }
}

extension TopicMap.Row {
  /// Where the topic is treated, in words.
  package var places: String {
    let there = leaves.filter { $0.place != .planned }.map(\.name)
    return there.isEmpty ? "planned" : there.joined(separator: ", ")
  }
}
