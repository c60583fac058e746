import Testing

@testable import Vocabulary

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("crossentropy", "cross_entropy"), ("tnah", "tanh"), ("Relu", "relu"), ("sofmax", "softmax"),
  ])
  func `a slip finds the name that was meant`(typed: String, meant: String) {
    let names = ["cross_entropy", "relu", "softmax", "tanh"]
    #expect(Suggestion.nearest(to: typed, among: names) == meant)
  }

  @Test func `a name that resembles nothing gets no suggestion`() {
    #expect(Suggestion.nearest(to: "banana", among: ["relu", "softmax"]) == nil)
  }

  @Test func `swapped neighbours are one edit`() {
    #expect(Suggestion.editDistance(Array("tnah"), Array("tanh")) == 1)
    #expect(Suggestion.editDistance(Array("kitten"), Array("sitting")) == 3)
  }
}
