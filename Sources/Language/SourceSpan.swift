/// Where something stands in a source text, in UTF-8 bytes.
package struct SourceSpan: Sendable, Hashable {
  package let start: Int
  package let end: Int

  package init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  func to(_ other: SourceSpan) -> SourceSpan { SourceSpan(start, other.end) }
}
