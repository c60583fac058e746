import Files
import TestSupport
import Testing

@testable import Lessons

@Suite struct TopicTests {
  private let notebooks = FileBytes.realPath(
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/notebooks")

  @Test func `every topic has a place, and every page it names is there`() throws {
    let folder = try #require(notebooks)
    for topic in Topics.all {
      for page in topic.pages {
        #expect(FileBytes.exists("\(folder)/\(page).grd.md"), "\(topic.entry.name): \(page)")
      }
      #expect(topic.lessons.allSatisfy { (1...30).contains($0) }, "\(topic.entry.name)")
      #expect(topic.entry.summary.hasSuffix("."), "\(topic.entry.name)")
    }
  }

  @Test func `every lesson and every notebook of the zoo is on the map`() throws {
    let folder = try #require(notebooks)
    let lessons = Set(Topics.all.flatMap(\.lessons))
    for place in LessonShelf(folder + "/lessons").lessons {
      #expect(lessons.contains(place.lesson.number), "\(place.name) is on no row of the map")
    }
    let zoo = Set(Topics.all.flatMap(\.zoo))
    for name in FileBytes.names(in: folder + "/zoo") where name.hasSuffix(".grd.md") {
      #expect(zoo.contains(String(name.dropLast(7))), "\(name) is on no row of the map")
    }
  }

  @Test func `the index names every lesson and every notebook of the zoo`() throws {
    let folder = try #require(notebooks)
    let index = String(decoding: try FileBytes.read(folder + "/README.md"), as: UTF8.self)
    let named = Set(
      index.split(separator: "](").dropFirst().compactMap { $0.split(separator: ")").first })
    for kind in ["lessons", "zoo"] {
      for name in FileBytes.names(in: "\(folder)/\(kind)") where name.hasSuffix(".grd.md") {
        #expect(named.contains("\(kind)/\(name)"), "\(name) is not in the index")
      }
    }
    for path in named where path.hasSuffix(".md") {
      #expect(FileBytes.exists("\(folder)/\(path)"), "\(path) is not there")
    }
  }

  /// Topics for which nothing is written yet. A row leaves this list when its notebook arrives.
  private let planned: Set<String> = [
    "map", "pretext-tasks", "proteins", "question-answering", "sentiment", "serving",
  ]

  @Test func `rows without a notebook are known`() throws {
    let folder = try #require(notebooks)
    let map = TopicMap(folder, LessonShelf(folder + "/lessons"))
    let missing = Set(map.rows.filter(\.isPlanned).map(\.topic.entry.name))
    #expect(missing.isSubset(of: planned), "without a notebook: \(missing.sorted())")
  }

  @Test func `a topic leads to what is there, and names what is planned`() throws {
    try withTemporaryFolder { folder in
      FileBytes.makeFolder(folder + "/lessons")
      FileBytes.makeFolder(folder + "/zoo")
      for path in ["/zoo/lenet.grd.md", "/digits.grd.md"] {
        try FileBytes.writeAtomically([], to: folder + path)
      }
      let text = LessonText.small.replacing("lesson: 3", with: "lesson: 11")
      try FileBytes.writeAtomically(Array(text.utf8), to: folder + "/lessons/11-x.grd.md")
      let map = TopicMap(folder, LessonShelf(folder + "/lessons"))
      let row = try #require(map.rows.first { $0.topic.entry.name == "convolution" })
      #expect(row.leaves.map(\.place) == [.lesson(11), .file(folder + "/zoo/lenet.grd.md")])
      #expect(row.places == "lesson 11: Doubles, zoo: lenet")
      let other = try #require(map.rows.first { $0.topic.entry.name == "neuron" })
      #expect(other.isPlanned && other.places == "planned")
      let lines = map.lines()
      #expect(
        lines.count == 1 + 6 + Set(Topics.all.map { [$0.area.rawValue, $0.entry.family] }).count
          + Topics.all.count)
      #expect(lines.contains { $0.contains("✓ convolution") && $0.contains("lesson 11: Doubles") })
      #expect(lines.contains { $0.contains("· neuron") && $0.hasSuffix("[planned]") })
    }
  }
}
