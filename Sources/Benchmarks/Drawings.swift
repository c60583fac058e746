import Drawing
import Plots
import Training

/// What noting and drawing numbers cost, in microseconds: the least and the median.
package struct DrawingTime: Sendable {
  package let name: String
  package let least: Double
  package let median: Double

  package static func all() -> [DrawingTime] {
    [push()] + [1_000_000, 10_000_000].map(plain) + [10_000, 1_000_000, 10_000_000].map(frame)
      + [charts()]
  }

  private static func timed(_ name: String, _ count: Int, _ body: () -> Void) -> DrawingTime {
    body()
    var times = (0..<count).map { _ in
      let start = Clock.wall
      body()
      return (Clock.wall - start) * 1e6
    }
    times.sort()
    return DrawingTime(name: name, least: times[0], median: Timing.median(times))
  }

  private static func noise(_ i: Int) -> Float {
    Float((i &* 2_654_435_761) & 0xFFFF) / 65536
  }

  /// One metric noted by a run, of ten million: in its series and in what is drawn of it.
  private static func push() -> DrawingTime {
    var (series, outline) = (Series("loss"), SeriesOutline("loss"))
    var next = 0
    let all = timed("push of one metric", 50) {
      for _ in 0..<200_000 {
        next += 1
        series.steps.append(next)
        series.values.append(noise(next))
        outline.append(next, noise(next))
      }
    }
    return DrawingTime(name: all.name, least: all.least / 2e5, median: all.median / 2e5)
  }

  /// Numbers of the language as a curve.
  private static func plain(_ count: Int) -> DrawingTime {
    let values = (0..<count).map { Double(noise($0)) }
    return timed("plot of \(count / 1_000_000) M numbers", 15) {
      _ = LinePlot([.init("", y: values)]).draw(width: 100, height: 14, depth: .palette)
    }
  }

  private static func outline(_ count: Int) -> SeriesOutline {
    var outline = SeriesOutline("loss")
    for i in 0..<count { outline.append(i, noise(i)) }
    return outline
  }

  private static func plot(_ outline: SeriesOutline) -> LinePlot {
    let series = outline.envelope
    return LinePlot([
      .init(
        series.name, x: series.steps.map(Double.init), y: series.values.map(Double.init),
        total: outline.total)
    ])
  }

  /// The live curve of a run.
  private static func frame(_ count: Int) -> DrawingTime {
    let outline = outline(count)
    return timed("frame of a run of \(count) steps", 50) {
      _ = plot(outline).draw(width: 100, height: 14, depth: .palette)
    }
  }

  /// Six live curves of a million steps on a screen of 160 x 50.
  private static func charts() -> DrawingTime {
    let outline = outline(1_000_000)
    return timed("frame of 160x50 with 6 charts of 1 M steps", 50) {
      var grid = Grid(width: 160, height: 50)
      for chart in 0..<6 {
        let drawn = plot(outline).draw(width: 52, height: 24, depth: .palette)
        grid.draw(drawn, column: chart % 3 * 54, row: chart / 3 * 25)
      }
    }
  }
}
