/// What is known of a run that ended, here or in an earlier session.
package struct ArchivedRun: Sendable, Equatable {
  package struct Metric: Sendable, Equatable {
    package let name: String
    package let last: Double
    /// The least value that was recorded, and its step.
    package let least: Double
    package let step: Int

    package init(_ name: String, last: Double, least: Double, step: Int) {
      (self.name, self.last, self.least, self.step) = (name, last, least, step)
    }
  }

  /// Seconds since 1970 at its end.
  package var ended: Double
  package var notebook: String
  package var cell: String
  /// The text of its cell.
  package var source: String
  package var status: String
  package var steps: Int
  package var seconds: Double
  package var batch: Int
  package var rate: Double?
  package var optimizer: String
  package var model: String
  package var weights: Int
  /// What was done to it by hand, line by line.
  package var steering: String
  package var metrics: [Metric]

  package init(
    ended: Double, notebook: String, cell: String, source: String, status: String, steps: Int,
    seconds: Double, batch: Int, rate: Double?, optimizer: String, model: String, weights: Int,
    steering: String, metrics: [Metric]
  ) {
    (self.ended, self.notebook, self.cell, self.source) = (ended, notebook, cell, source)
    (self.status, self.steps, self.seconds, self.batch) = (status, steps, seconds, batch)
    (self.rate, self.optimizer, self.model, self.weights) = (rate, optimizer, model, weights)
    (self.steering, self.metrics) = (steering, metrics)
  }
}
