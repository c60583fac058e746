import CTerminal
import Glibc

/// What the terminal of this process can do, as far as its settings tell.
package struct TerminalReport: Sendable {
  /// The name in TERM; empty when there is none.
  package let name: String
  /// How many colours it has; nil when its name is not known here.
  package let colors: Int?
  package let isColorless: Bool
  package let isUTF8: Bool
  /// Columns and rows; nil when the output is no terminal.
  package let size: (columns: Int, rows: Int)?

  package init() {
    name = getenv("TERM").map { String(cString: $0) } ?? ""
    let found = name.isEmpty ? -1 : Int(ct_known_colors(name))
    colors = found < 0 ? nil : found
    isColorless = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    isUTF8 = !PlainGlyphs.areNeeded
    var window = winsize()
    let isTerminal = ioctl(1, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
    size = isTerminal ? (Int(window.ws_col), Int(window.ws_row)) : nil
  }

  /// Whether the full screen is possible.
  package var hasFullScreen: Bool { size != nil && colors != nil && name != "dumb" }
}
