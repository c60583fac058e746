/// A line that can be typed, and what it prints.
package struct Example: Sendable {
  package let source: String
  /// The printed value of the last expression; nil when only "it runs" can be promised.
  package let prints: String?

  package init(_ source: String, prints: String? = nil) {
    self.source = source
    self.prints = prints
  }
}
