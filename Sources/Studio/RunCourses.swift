/// How far the runs of a recording had come, moment by moment.
struct RunCourses {
  private struct Name: Hashable {
    let number: Int
    let run: Int
  }

  private struct Place {
    let moment: Int
    let time: Double
    let step: Int
  }

  private var places: [Name: [Place]] = [:]
  private var counts: [Int: Int] = [:]

  init(_ recording: Recording) {
    for (at, moment) in recording.moments.enumerated() {
      let (name, step): (Name, Int)
      switch moment.event {
      case .live(let number, let run, let reached, let course):
        // A run that failed had come further than its last good step.
        (name, step) = (Name(number: number, run: run), course == .ended ? .max : reached)
      case .progress(let number, let run, let reached):
        (name, step) = (Name(number: number, run: run), reached)
      case .key, .rest, .size, .answer, .saved, .reloaded, .changed, .found, .unkept, .steered:
        continue
      }
      places[name, default: []].append(Place(moment: at, time: Double(moment.time), step: step))
      counts[name.number] = max(counts[name.number] ?? 0, name.run + 1)
    }
  }

  /// How far a run had come when it is told of next, from a moment and a time on; nil when it is told of
  /// no more.
  func step(of number: Int, _ run: Int, after moment: Int, from time: Double) -> Int? {
    places[Name(number: number, run: run)]?.first { $0.moment >= moment && $0.time >= time }?.step
  }

  /// The same of all runs of an evaluation.
  func steps(of number: Int, after moment: Int, from time: Double) -> [Int?] {
    (0..<min(10_000, counts[number] ?? 0)).map {
      step(of: number, $0, after: moment, from: time)
    }
  }
}

extension Recording.Event {
  /// Whether runs may go further once it is done.
  var tellsOfRuns: Bool {
    switch self {
    case .live, .progress, .answer: true
    case .key, .rest, .size, .saved, .reloaded, .changed, .found, .unkept, .steered: false
    }
  }
}
