import Drawing
import Glibc

/// Curves over a common axis, in braille dots.
package struct LinePlot: Picture {
  package struct Line: Sendable {
    package let name: String
    package fileprivate(set) var x: [Double]
    package let y: [Double]
    /// Points that it stands for, when it is drawn from fewer.
    package let total: Int
    /// How far a band reaches below and above each point; empty without a band.
    package let spread: [Double]
    /// The point that is marked as its best.
    package fileprivate(set) var best: (x: Double, y: Double)?

    /// What lies from a place on.
    package func from(_ place: Double) -> Line {
      let kept = x.indices.filter { $0 < y.count && x[$0] >= place }
      return Line(name, x: kept.map { x[$0] }, y: kept.map { y[$0] })
    }

    /// Of all points.
    let notFinite: Int
    let notPositive: Int
    /// Means of its stretches, when it is drawn from those.
    let calm: (x: [Double], y: [Double])?

    package init(
      _ name: String, x: [Double]? = nil, y: [Double], total: Int? = nil, spread: [Double] = [],
      best: (x: Double, y: Double)? = nil
    ) {
      self.name = name
      self.best = best
      self.total = total ?? y.count
      self.spread = spread
      if spread.isEmpty, let dense = DenseLine(x, y) {
        (self.x, self.y, calm) = (dense.x, dense.y, (dense.calmX, dense.calmY))
        (notFinite, notPositive) = (dense.notFinite, dense.notPositive)
        return
      }
      self.y = y
      self.x = x ?? y.indices.map(Double.init)
      calm = nil
      notFinite = y.count { !$0.isFinite }
      notPositive = y.count { $0.isFinite && $0 <= 0 }
    }
  }

  /// Something that happened at a place along the horizontal axis.
  package struct Event: Sendable {
    package let x: Double
    package let glyph: Character

    package init(x: Double, glyph: Character) { (self.x, self.glyph) = (x, glyph) }
  }

  /// A place along the horizontal axis at which the curves are looked at.
  package struct Crosshair: Sendable {
    package let x: Double
    /// What is written above it, such as `step 120`.
    package let label: String
    /// How the curves go on, drawn faintly.
    package let beyond: [Line]

    package init(x: Double, label: String = "", beyond: [Line] = []) {
      (self.x, self.label, self.beyond) = (x, label, beyond)
    }
  }

  package let lines: [Line]
  package let events: [Event]
  package let title: String
  package let isLogarithmic: Bool
  /// The horizontal axis.
  package let isLogarithmicAcross: Bool
  /// How much of what was before is kept in a smoothed curve, from 0 to less than 1; 0 draws none.
  package let smoothing: Double
  /// Where it is looked at; nil for its end.
  package let crosshair: Crosshair?
  /// Ranges that keep still from one drawing to the next, while what is drawn grows.
  package var steady: SteadyRanges?

  package init(
    _ lines: [Line], title: String = "", isLogarithmic: Bool = false,
    isLogarithmicAcross: Bool = false, events: [Event] = [], smoothing: Double = 0,
    crosshair: Crosshair? = nil, steady: SteadyRanges? = nil
  ) {
    self.events = events
    self.steady = steady
    self.smoothing = min(0.999, max(0, smoothing))
    self.title = title
    self.isLogarithmic = isLogarithmic
    self.isLogarithmicAcross = isLogarithmicAcross
    // Places across are taken once.
    func placed(_ lines: [Line]) -> [Line] {
      isLogarithmicAcross ? LinePlot.across(lines) : lines
    }
    self.lines = placed(lines)
    self.crosshair = crosshair.map { cross in
      Crosshair(
        x: isLogarithmicAcross ? cross.x > 0 ? log10(cross.x) : .nan : cross.x, label: cross.label,
        beyond: placed(cross.beyond))
    }
  }

  /// The curves of several plots over axes that are logarithmic where those of one of them are.
  package init(together plots: [LinePlot]) {
    let across = plots.contains(where: \.isLogarithmicAcross)
    var titles: [String] = []
    for plot in plots where !plot.title.isEmpty && !titles.contains(plot.title) {
      titles.append(plot.title)
    }
    lines = plots.flatMap {
      across && !$0.isLogarithmicAcross ? LinePlot.across($0.lines) : $0.lines
    }
    events = plots.flatMap(\.events)
    title = titles.joined(separator: ", ")
    isLogarithmic = plots.contains(where: \.isLogarithmic)
    isLogarithmicAcross = across
    smoothing = plots.map(\.smoothing).max() ?? 0
    crosshair = nil
    steady = nil
  }

  /// Curves whose places across are logarithms; those that have none are left out, and told.
  static func across(_ lines: [Line]) -> [Line] {
    lines.map { line in
      var placed = line
      placed.x = line.x.map { $0 > 0 ? log10($0) : .nan }
      placed.best = line.best.map { ($0.x > 0 ? log10($0.x) : .nan, $0.y) }
      return placed
    }
  }

  func placed(_ y: Double) -> Double {
    guard isLogarithmic, y.isFinite else { return y }
    return y > 0 ? log10(y) : .nan
  }

  /// The curves as they are drawn in a width: several dense ones would hide each other behind their
  /// noise, so each shows means of `size` neighbouring points, geometric ones on a logarithmic axis.
  func calmed(_ all: [Line], _ width: Int) -> (lines: [Line], size: Int) {
    func stretch(_ line: Line) -> Int { line.y.count / max(1, width) }
    let isCrowded = self.lines.count > 1
    let lines = isCrowded ? all.map { calmed($0) } : all
    let size = lines.map(stretch).max() ?? 0
    guard isCrowded, size >= 5 else { return (lines, 1) }
    let each = lines.map { $0.total / max(1, $0.y.count) }.max() ?? 1
    return (
      lines.map { stretch($0) >= 5 ? averaged($0, stretch($0)) : $0 }, size * max(1, each)
    )
  }

  func calmed(_ line: Line) -> Line {
    guard let calm = line.calm else { return line }
    return Line(line.name, x: calm.x, y: calm.y, total: line.total)
  }

  /// Means of the values that can be placed; of the others each stretch keeps one as it is.
  private func averaged(_ line: Line, _ size: Int) -> Line {
    var (x, y) = ([Double](), [Double]())
    let count = min(line.x.count, line.y.count)
    for start in stride(from: 0, to: count, by: size) {
      let stretch = start..<min(start + size, count)
      let known = stretch.filter { line.x[$0].isFinite && placed(line.y[$0]).isFinite }
      let share = 1 / Double(max(1, known.count))
      if !known.isEmpty {
        let mean = known.reduce(0) { $0 + placed(line.y[$1]) * share }
        x.append(known.reduce(0) { $0 + line.x[$1] * share })
        y.append(isLogarithmic ? pow(10, mean) : mean)
      }
      if let lost = stretch.first(where: { !placed(line.y[$0]).isFinite }) {
        x.append(line.x[lost])
        y.append(line.y[lost])
      }
    }
    return Line(line.name, x: x, y: y, total: line.total)
  }

  /// The ranges of the points of lines that can be placed.
  func bounds(_ lines: [Line]) -> (x: Bounds, y: Bounds) {
    var (across, up) = (Bounds(), Bounds())
    for line in lines {
      let count = min(line.x.count, line.y.count)
      line.x.withUnsafeBufferPointer { xs in
        line.y.withUnsafeBufferPointer { ys in
          for i in 0..<count {
            let (x, y) = (xs[i], isLogarithmic ? placed(ys[i]) : ys[i])
            guard x.isFinite, y.isFinite else { continue }
            across.note(x)
            up.note(y)
          }
        }
      }
    }
    return (across, up)
  }

  package var description: String {
    guard !lines.isEmpty else { return "No curve." }
    return lines.map { line in
      let known = line.y.filter(\.isFinite)
      let name = line.name.isEmpty ? "the curve" : line.name
      guard let first = known.first, let last = known.last, let low = known.min(),
        let high = known.max()
      else { return "\(name) has no finite value" }
      let missing = line.notFinite
      let note = missing > 0 ? ", \(missing) of them not finite" : ""
      if low == high {
        return "\(name) stays at \(Numbers.text(low)) over \(Numbers.count(line.total, "point"))"
          + note
      }
      let change =
        first == last
        ? "begins and ends at \(Numbers.text(first))"
        : "\(last < first ? "fell" : "rose") from \(Numbers.text(first)) to \(Numbers.text(last))"
      return "\(name) \(change), between \(Numbers.text(low)) and \(Numbers.text(high)) over "
        + Numbers.count(line.total, "point") + note
    }.joined(separator: "; ") + "."
  }

  /// What the curves cannot show, or show together.
  func note(_ size: Int) -> String {
    let notFinite = lines.reduce(0) { $0 + $1.notFinite }
    let lost = isLogarithmicAcross ? lines.reduce(0) { $0 + $1.x.count { !$0.isFinite } } : 0
    let notPositive = isLogarithmic ? lines.reduce(0) { $0 + $1.notPositive } : 0
    return
      [
        notFinite > 0 ? "\(notFinite) not finite ✖" : "",
        notPositive > 0 ? "\(notPositive) not above 0 ▽" : "",
        lost > 0 ? "\(lost) left of the axis" : "",
        size > 1 ? "means of \(size)" : "",
      ].filter { !$0.isEmpty }.joined(separator: "  ")
  }
}
