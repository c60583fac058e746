/// How anything that a user can name describes itself: once, beside what it does.
package struct Entry: Sendable {
  package let name: String
  package let aliases: [String]
  /// The heading under which the reference lists it, such as "Reduce".
  package let family: String
  package let arguments: [Argument]
  /// One sentence that ends in a full stop.
  package let summary: String
  /// Formula, shapes, source; empty when the summary says all.
  package let details: String
  package let examples: [Example]

  package init(
    _ name: String, aliases: [String] = [], family: String, _ arguments: [Argument] = [],
    summary: String, details: String = "", examples: [Example]
  ) {
    self.name = name
    self.aliases = aliases
    self.family = family
    self.arguments = arguments
    self.summary = summary
    self.details = details
    self.examples = examples
  }

  /// The call as the reference prints it: `softmax(x, axis=-1)`.
  package var signature: String {
    name + "(" + arguments.map(\.signature).joined(separator: ", ") + ")"
  }
}
