/// Text that attacks the screen, as it may stand in files of others.
package enum Attacks {
  private static let starts = [
    "\u{1B}[4242m", "\u{1B}]0;EVIL\u{7}", "\u{1B}]52;c;RVZJTA==\u{7}", "\u{1B}]8;;evil://\u{1B}\\",
    "\u{1B}P4242q\u{1B}\\", "\u{1B}_EVIL\u{1B}\\", "\u{1B}^EVIL\u{1B}\\", "\u{1B}XEVIL\u{1B}\\",
    "\u{1B}c", "\u{1B}[2J\u{1B}[999H", "\u{1B}[?4242h", "\u{1B}[4242;4242r", "\u{1B}[6n", "\u{1B}Z",
    "\u{1B}#8", "\u{9B}4242m", "\u{9D}0;EVIL\u{9C}", "\u{90}4242q\u{9C}", "\u{9F}EVIL\u{9C}",
    "\u{85}",
    "\u{84}", "\u{8D}", "\u{7}", "\u{8}\u{8}", "\u{B}", "\u{C}", "\u{E}", "\u{F}", "\u{7F}",
    "\u{0}",
    "\u{1A}", "\u{18}", "\u{5}", "\u{202E}txt", "\u{202A}a", "\u{202B}a", "\u{202C}", "\u{202D}a",
    "\u{2066}a", "\u{2067}a", "\u{2068}a", "\u{2069}", "\u{200E}", "\u{200F}", "\u{61C}",
    "\u{200B}",
    "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{E0041}\u{E007F}", "\u{2028}", "\u{2029}",
    "a" + String(repeating: "\u{301}", count: 200), "\u{1F469}\u{200D}\u{1F52C}",
    "\u{1F1E9}\u{1F1EA}",
  ]
  private static let frames: [@Sendable (String) -> String] = [
    { $0 }, { "a\($0)b" }, { "漢\($0)漢" }, { $0 + $0 }, { "\($0)x\u{1B}" }, { " \($0) " },
  ]

  /// Each once, between letters.
  package static let framed = starts.map { "a\($0)b" }

  /// More than three hundred.
  package static let all = frames.flatMap { frame in starts.map { frame($0) } }
}
