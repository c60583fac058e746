import Language
import Lessons
import Library
import Notebooks
import Tensors
import Training

/// Something slow or outside that a command asks for; it answers with a message.
package enum Effect: Sendable {
  case evaluate(Evaluation)
  /// Asks an evaluation to end.
  case interrupt(Int)
  /// A copy goes only where no file is yet.
  case save(path: String, bytes: [UInt8], isCopy: Bool)
  case stop([Run])
  /// Tries a cell's statements on shapes alone.
  case readShapes(version: Int, text: String, offset: Int, names: Names)
  /// Looks for what may stand at a place of a cell.
  case complete(CompletionRequest)
  /// Runs the page anew and compares.
  case verify(bytes: [UInt8], folder: String)
  /// Listens to the mouse, or not.
  case mouse(Bool)
  /// Finds what the panels show at an earlier step.
  case lookBack(PastPage)
  /// The page builds on these bytes of the file now.
  case adopt([UInt8])
  /// Takes the file as it is now.
  case reload
  /// Gives the file to the editor of the user.
  case editOutside
  /// Puts a text on the clipboard of the terminal.
  case toClipboard(String)
  /// Stops the program until the shell wakes it.
  case suspend
  /// Goes on without a terminal.
  case detach
  /// Checks an answer of a learner.
  case check(LessonCheck)
  /// Keeps what is known of a lesson beside the learner's other lessons.
  case keepProgress(LearnerFolder, lesson: String, Progress.Record)
  /// Looks for lessons and shows what is found.
  case showLessons
  case showScoreboard
  /// Shows questions that come back today.
  case showReview
  /// Ends this page for another.
  case open(Destination)

  /// A cell to evaluate, with everything it may know.
  package struct Evaluation: Sendable {
    let number: Int
    let id: String
    let text: String
    let src: String
    let names: Names
    let stream: RandomStream
    let folder: String
    /// The name of the notebook.
    let page: String
    /// Whether it reads values that depend on a clock.
    let readsClock: Bool
    /// Steering recorded in the file, one list for each run.
    var recorded: [[SteeringEvent]]
    /// Whether its runs do what was recorded and nothing else.
    var isLed = false
    /// The steps before which they wait.
    var leashes: [Int?] = []
    /// What the file has for it.
    let output: (info: [String], body: String)?
  }

  /// Where the program goes from a page.
  package enum Destination: Sendable, Equatable {
    case file(String)
    /// A lesson by its number or name; the next one when it is empty.
    case lesson(String)
    /// The map of topics.
    case map
  }
}

/// What an effect answers.
package enum Message: Sendable {
  case evaluated(number: Int, id: String, StudioCell.Evaluated)
  /// The runs of an evaluated cell have ended.
  case settled(number: Int, id: String, CellRecord)
  /// What panels show at a step, by the keys of their cells.
  case lookedBack(step: Int, [Int: [OutputBlock]])
  /// What is known of the statement at the cursor.
  case shapes(version: Int, String)
  case completions(CompletionRequest, StudioState.Completion)
  case verified(String)
  /// What a check has found missing, nothing when the answer is right; and the number of a goal.
  case checked(LessonCheck, fault: String?, score: Double?)
  case progressNotKept(String)
  case saved(changes: Int, path: String, isCopy: Bool, problem: String?)
}
