import Tensors
import Training

/// How far a training is, on one line: `▶ 340/900 ███▊      38%  loss 0.213  410 steps/s  1 s left`.
package struct ProgressLine {
  let step: Int
  let total: Int
  let seconds: Double
  let loss: Float?
  let name: String
  let isPaused: Bool

  package init(_ job: TrainingJob) {
    step = job.step
    total = job.totalSteps
    // Pauses are no part of the pace.
    seconds = job.pace.rate.map { Double(job.step) / $0 } ?? job.seconds
    let series = job.outlines.first
    loss = series?.last?.value
    name = series?.name ?? "loss"
    isPaused = job.status == .paused
  }

  package init(
    step: Int, total: Int, seconds: Double, loss: Float?, name: String = "loss",
    isPaused: Bool = false
  ) {
    (self.step, self.total, self.seconds, self.loss) = (step, total, seconds, loss)
    (self.name, self.isPaused) = (name, isPaused)
  }

  private static let eighths = Array(" ▏▎▍▌▋▊▉█")

  package static func bar(_ part: Double, width: Int) -> String {
    let filled = Int((min(1, max(0, part)) * Double(width * 8)).rounded(.down))
    return String(
      (0..<width).map { eighths[min(8, max(0, filled - $0 * 8))] })
  }

  package func text(width: Int) -> String {
    let part = total > 0 ? Double(step) / Double(total) : 1
    var text = "\(isPaused ? "‖" : "▶") \(step)/\(total) "
    if width >= 60 { text += ProgressLine.bar(part, width: 12) + " " }
    text += "\(Int(part * 100))%"
    if let loss { text += "  \(name) \(shortNumber(Double(loss), digits: 3))" }
    if isPaused { return text + "  paused, Space goes on" }
    guard step > 0, seconds > 0 else { return text }
    let rate = Double(step) / seconds
    text += "  \(rate >= 10 ? "\(Int(rate.rounded()))" : fixedNumber(rate, decimals: 1)) steps/s"
    let left = Double(total - step) / rate
    return text + "  \(Duration.text(seconds: Int(left.rounded(.up)))) left"
  }
}
