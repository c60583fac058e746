import Drawing

/// The colours of the 256 as a terminal has them: all, the nearest of fewer, or none.
package struct Palette: Sendable {
  private let count: Int

  /// How many colours there are; more than 256 are direct ones.
  package init(count: Int) { self.count = count }

  /// The number by which the terminal knows a colour; -1 for its own.
  package func number(_ color: Color?) -> Int32 {
    guard let color, count >= 8 else { return -1 }
    let index = Int(color.index)
    if count == 256 || (count < 256 && index < min(count, 16)) { return Int32(index) }
    let (red, green, blue) = Palette.parts(of: index)
    if count > 256 { return Int32(red << 16 | green << 8 | blue) }
    // The hue alone: few colours have no shades.
    let most = max(red, green, blue)
    guard most - min(red, green, blue) > 40 else { return most > 127 ? 7 : -1 }
    let half = (most + min(red, green, blue)) / 2
    return Int32((red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0))
  }

  /// A picture with the colours that there are.
  package func drawn(_ grid: Grid) -> Grid {
    var drawn = grid
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let style = grid[column, row].style
        drawn[column, row].style.foreground = nearest(style.foreground)
        drawn[column, row].style.background = nearest(style.background)
      }
    }
    return drawn
  }

  private func nearest(_ color: Color?) -> Color? {
    UInt8(exactly: number(color)).map { Color($0) }
  }

  /// Red, green and blue of one of the 256.
  static func parts(of index: Int) -> (red: Int, green: Int, blue: Int) {
    if index >= 232 {
      let grey = 8 + 10 * (index - 232)
      return (grey, grey, grey)
    }
    if index >= 16 {
      let steps = [0, 95, 135, 175, 215, 255]
      let at = index - 16
      return (steps[at / 36], steps[at / 6 % 6], steps[at % 6])
    }
    let strong = index >= 8 ? 255 : 205
    return (index & 1 == 0 ? 0 : strong, index & 2 == 0 ? 0 : strong, index & 4 == 0 ? 0 : strong)
  }
}
