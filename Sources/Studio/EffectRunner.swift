import Dispatch
import Files
import Language
import Lessons
import Library
import Notebooks
import Synchronization
import Terminal

/// Does what commands ask for, away from the thread that owns the screen.
package final class EffectRunner: Sendable {
  package let mailbox: Mailbox<Message>
  private let interruptions = Mutex<[Int: Interruption]>([:])
  private let saving = DispatchQueue(label: "saving")
  /// What has to be on the disk before a file is replaced.
  private let journal = Mutex<Journal?>(nil)

  /// Whether runs that end are kept among those of the user.
  private let isArchiving: Bool

  package init(mailbox: Mailbox<Message>, isArchiving: Bool = false) {
    (self.mailbox, self.isArchiving) = (mailbox, isArchiving)
  }

  /// Starts an effect; `changes` is how far the page has come.
  package func start(_ effect: Effect, changes: Int) {
    switch effect {
    case .evaluate(let evaluation):
      let interruption = Interruption()
      interruptions.withLock { $0[evaluation.number] = interruption }
      DeepStack.start { [self] in evaluate(evaluation, interruption) }
    case .interrupt(let number): interruptions.withLock { $0[number]?.request() }
    case .stop(let runs):
      for run in runs {
        run.job.resume()
        run.job.stop()
      }
    case .save(let path, let bytes, let isCopy):
      saving.async { @Sendable [self] in
        journal.withLock { $0 }?.flush()
        let problem = EffectRunner.save(bytes, path, isCopy: isCopy)
        mailbox.send(.saved(changes: changes, path: path, isCopy: isCopy, problem: problem))
      }
    case .lookBack(let page):
      DeepStack.start { [mailbox] in
        mailbox.send(.lookedBack(step: page.step, page.shown()))
      }
    case .readShapes(let version, let text, let offset, let names):
      DeepStack.start { [mailbox] in
        let readings = StandardLibrary.shapes(of: text, in: names)
        mailbox.send(.shapes(version: version, ShapeReading.line(of: readings, at: offset)))
      }
    case .complete(let request):
      DeepStack.start { [mailbox] in mailbox.send(.completions(request, request.answer())) }
    case .verify(let bytes, let folder):
      DeepStack.start { [mailbox] in
        let start = DispatchTime.now().uptimeNanoseconds
        let report = Verification(Notebook(bytes), folder: folder)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        let first = report.differences.first.map { "; \($0)" } ?? ""
        mailbox.send(.verified(report.summary(seconds: seconds) + first))
      }
    case .check(let check):
      DeepStack.start { [mailbox] in
        OtherThreads.thisGivesWay()
        let result = check.result()
        mailbox.send(.checked(check, fault: result.fault, score: result.score))
      }
    case .keepProgress(let learner, let lesson, let record):
      saving.async { @Sendable [mailbox] in
        do throws(FileError) { try learner.keep(record, of: lesson) } catch {
          mailbox.send(.progressNotKept(error.message))
        }
      }
    case .adopt, .reload, .editOutside, .toClipboard, .suspend, .detach, .mouse, .showLessons,
      .showReview, .showScoreboard, .open:
      break
    }
  }

  /// Brings a journal to the disk before every save.
  package func flush(_ journal: Journal) { self.journal.withLock { $0 = journal } }

  /// Waits until what was to be saved is on the disk.
  package func finishSaving() { saving.sync {} }

  /// What went wrong; nil when the file is on the disk.
  static func save(_ bytes: [UInt8], _ path: String, isCopy: Bool) -> String? {
    if isCopy, FileBytes.exists(path) {
      return "\(path) is there already; a copy needs a name of its own"
    }
    do throws(FileError) {
      try FileBytes.writeAtomically(bytes, to: path)
      return nil
    } catch {
      return error.message
    }
  }

  private func evaluate(_ asked: Effect.Evaluation, _ interruption: Interruption) {
    OtherThreads.thisGivesWay()
    let start = DispatchTime.now().uptimeNanoseconds
    let context = EvaluationContext(
      stream: asked.stream, interruption: interruption, folder: asked.folder)
    context.recorded = asked.recorded
    (context.isLed, context.leashes) = (asked.isLed, asked.leashes)
    let outcome = CellEvaluation.run(
      asked.text, in: asked.names, context, StandardLibrary.interpreter())
    let result = CellResult(
      id: asked.id, line: 0, src: asked.src, context: context, outcome: outcome,
      isTimed: context.hasReadClock || asked.readsClock)
    let blocks = result.output.flatMap { OutputBlock.blocks($0) }
    let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
    interruptions.withLock { $0[asked.number] = nil }
    mailbox.send(
      .evaluated(
        number: asked.number, id: asked.id,
        StudioCell.Evaluated(
          number: asked.number, result: result, blocks: blocks, milliseconds: elapsed,
          answer: outcome.names["ans"],
          text: asked.text)))
    // Waits for the runs that the cell shows.
    let record = result.record(over: asked.output)
    mailbox.send(.settled(number: asked.number, id: asked.id, record))
    if isArchiving { result.archive(notebook: asked.page, source: asked.text) }
  }
}
