/// A colour of the 256 that terminals share.
package struct Color: Sendable, Hashable {
  package let index: UInt8
  package init(_ index: UInt8) { self.index = index }
}

/// How a character looks.
package struct Style: Sendable, Hashable {
  package var foreground: Color?
  package var background: Color?
  package var isBold = false
  package var isDim = false
  package var isReversed = false

  package init(
    foreground: Color? = nil, background: Color? = nil, isBold: Bool = false, isDim: Bool = false,
    isReversed: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.isBold = isBold
    self.isDim = isDim
    self.isReversed = isReversed
  }

  package static let plain = Style()

  /// The escape sequence that turns it on, from a reset terminal.
  var sequence: String {
    var codes = ["0"]
    if isBold { codes.append("1") }
    if isDim { codes.append("2") }
    if isReversed { codes.append("7") }
    if let foreground { codes.append("38;5;\(foreground.index)") }
    if let background { codes.append("48;5;\(background.index)") }
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }
}

/// How many colours there are to draw with.
package enum ColorDepth: Sendable { case none, palette }
