import TestSupport

@testable import Lessons

/// A lesson of a few lines with one of everything.
enum SmallLesson {
  static let text = LessonText.small

  static let lesson = Lesson(Array(text.utf8))
  static func changed(_ old: String, _ new: String) -> Lesson {
    precondition(text.contains(old))
    return Lesson(Array(text.replacing(old, with: new).utf8))
  }
}
