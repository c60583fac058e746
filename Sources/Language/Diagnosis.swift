/// A kind of mistake: its short name, what it means, a program that makes it, and one that does not.
package struct Diagnosis: Sendable {
  package let code: String
  /// One sentence that ends in a full stop.
  package let summary: String
  package let mistake: String
  package let instead: String

  init(_ code: String, _ summary: String, _ mistake: String, instead: String) {
    self.code = code
    self.summary = summary
    self.mistake = mistake
    self.instead = instead
  }

  /// What `?code` shows.
  package var page: String {
    func indented(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        .joined(separator: "\n")
    }
    let examples =
      mistake.isEmpty ? [] : ["For example", indented(mistake), "Instead", indented(instead)]
    return (["\(code), a mistake", summary] + examples).joined(separator: "\n")
  }

  package static func page(of code: String) -> String? { all.first { $0.code == code }?.page }

  package static let all = ofShapes + ofValues + ofPrograms + ofWriting

  private static let ofShapes = [
    Diagnosis(
      "shape-mm",
      "A matrix product needs as many columns on its left as there are rows on its right.",
      "zeros(32, 784) @ zeros(10, 784)", instead: "zeros(32, 784) @ zeros(10, 784).T"),
    Diagnosis(
      "shape-broadcast",
      "Shapes are aligned at their last axis; each pair of sizes is equal, or one of them is 1.",
      "zeros(32, 10) + zeros(32)", instead: "zeros(32, 10) + zeros(32)[:, none]"),
    Diagnosis(
      "shape-reshape",
      "A reshaped tensor keeps its elements, so the sizes multiply to their count.",
      "reshape(zeros(6, 4), 5, 5)", instead: "reshape(zeros(6, 4), 8, -1)"),
    Diagnosis(
      "shape-equal", "These shapes should be the same, size by size.",
      "stack([[1, 2], [1, 2, 3]])", instead: "concat([[1, 2], [1, 2, 3]])"),
    Diagnosis(
      "shape-window", "A window that slides over a tensor has to fit into it.",
      "max_pool2d(zeros(1, 1, 2, 2), 3)", instead: "max_pool2d(zeros(1, 1, 2, 2), 2)"),
    Diagnosis(
      "shape", "A value does not have the shape that is written for it.",
      "x: [n, 3] = zeros(2, 4)", instead: "x: [n, 4] = zeros(2, 4)"),
    Diagnosis(
      "axis", "Axes count from 0, or from -1 at the end; this one is not there.",
      "sum(zeros(2, 3), axis=2)", instead: "sum(zeros(2, 3), axis=1)"),
    Diagnosis(
      "index",
      "Positions count from 0, or from -1 at the end; this one is not there or no position.",
      "[1, 2, 3][3]", instead: "[1, 2, 3][-1]"),
    Diagnosis(
      "layer", "A layer takes another size than what stands before it in the chain gives.",
      "Linear(3, 4) >> relu >> Linear(5, 2)", instead: "Linear(3, 4) >> relu >> Linear(4, 2)"),
    Diagnosis(
      "memory", "A tensor would need more memory than there is for all of them.",
      "zeros(1000000, 1000000, 1000)", instead: "zeros(1000, 1000)"),
  ]

  private static let ofValues = [
    Diagnosis(
      "kind", "This does not work on a value of that kind.", "\"a\" + 1", instead: "\"a{1}\""),
    Diagnosis(
      "value", "The kind is right, but this value makes no sense here.",
      "mse(zeros(3, 1), zeros(3))", instead: "mse(zeros(3, 1), zeros(3)[:, none])"),
    Diagnosis(
      "zero", "A whole number cannot be divided by zero.", "7 // 0", instead: "7 / 0"),
    Diagnosis(
      "overflow", "A whole number has 64 bits.", "9223372036854775807 + 1",
      instead: "9223372036854775807.0 + 1"),
    Diagnosis(
      "empty", "There is nothing to take this of.", "max(zeros(0))", instead: "sum(zeros(0))"),
    Diagnosis(
      "condition", "A condition is one boolean, not a tensor of them.",
      "if [1, 2] > 1 { 1 }", instead: "if any([1, 2] > 1) { 1 }"),
    Diagnosis(
      "loop", "A for goes through lists, tensors, ranges and records.", "for i in 3 { i }",
      instead: "for i in range(3) { i }"),
    Diagnosis(
      "spread", "Only what has parts can be spread into a list or a call.", "[...1]",
      instead: "[...range(3)]"),
    Diagnosis(
      "parts", "There are as many names on the left as there are parts on the right.",
      "(a, b) = [1, 2, 3]", instead: "(a, b, c) = [1, 2, 3]"),
    Diagnosis(
      "structure", "Arithmetic on records and models needs two of the same structure.",
      "(a=1.0, b=2.0) + (a=1.0, b=2.0, c=3.0)", instead: "(a=1.0, b=2.0) + (a=1.0, b=2.0)"),
    Diagnosis(
      "grad", "A gradient is taken of a function whose result is one number.",
      "grad(x => x^2)([1.0, 2.0])", instead: "grad(x => sum(x^2))([1.0, 2.0])"),
    Diagnosis(
      "loss", "A loss is one number.",
      "train(Linear(1, 1), (x=zeros(4, 1), y=zeros(4, 1)), loss=(p, y) => p - y)",
      instead: "train(Linear(1, 1), (x=zeros(4, 1), y=zeros(4, 1)), loss=mse)"),
    Diagnosis(
      "data", "Training needs data with rows: a record whose fields share the first axis.",
      "train(Linear(1, 1), (a=zeros(4, 1)))",
      instead: "train(Linear(1, 1), (x=zeros(4, 1), y=zeros(4, 1)), loss=mse)"),
    Diagnosis(
      "step", "A step of your own returns (state, (name=number, …)).",
      "train(1.0, (x=zeros(4, 1)), step=(s, b) => s).loss",
      instead: "train(1.0, (x=zeros(4, 1)), step=(s, b) => (s, (loss=1.0,))).loss"),
    Diagnosis(
      "training", "A run cannot go on, or has not what is asked for.",
      "train(Linear(1, 1), (x=[[inf]], y=[[1.0]]), loss=mse).loss",
      instead: "train(Linear(1, 1), (x=[[1.0]], y=[[1.0]]), loss=mse).loss"),
    Diagnosis(
      "file", "A file cannot be read or written.", "load(\"nowhere.csv\")",
      instead: "dataset(\"digits\")"),
  ]

  private static let ofPrograms = [
    Diagnosis(
      "name", "No word and no value of the page is called so.", "x = 1\nxs + 1",
      instead: "x = 1\nx + 1"),
    Diagnosis(
      "field", "A value has no field of that name.", "(a=1, b=2).c", instead: "(a=1, b=2).b"),
    Diagnosis(
      "argument", "A call gives other arguments than the function takes.",
      "f(x, y) = x + y\nf(1)", instead: "f(x, y) = x + y\nf(1, 2)"),
    Diagnosis(
      "call", "Only functions, layers and models can be called.", "x = 2\nx(3)",
      instead: "x = 2\nx * 3"),
    Diagnosis(
      "hole", "`_` stands for the missing argument of a call, nowhere else.", "1 + _",
      instead: "f = max(_, 0)\n(x => 1 + x)(2)"),
    Diagnosis(
      "flow", "break and continue stand in loops, return in functions.", "break",
      instead: "for i in range(3) { break }"),
    Diagnosis(
      "format", "A format in a text does not fit its value.", "\"{\"a\":.2f}\"",
      instead: "\"{1.5:.2f}\""),
    Diagnosis(
      "recursion", "Functions call each other without an end.", "f(x) = f(x + 1)\nf(0)",
      instead: "f(x) = if x > 9 { x } else { f(x + 1) }\nf(0)"),
    Diagnosis(
      "assert", "Something that was said to hold does not.", "assert(1 > 2)",
      instead: "assert(2 > 1)"),
    Diagnosis("user", "The program itself says so, with error(…).", "error(\"no\")", instead: "1"),
  ]

  private static let ofWriting = [
    Diagnosis(
      "syntax", "This is not how it is written.", "(1, 2", instead: "(1, 2)"),
    Diagnosis(
      "habit", "This is how another language writes it.", "def f(x): return x^2",
      instead: "f(x) = x^2"),
    Diagnosis(
      "times", "A product is written with *.", "2x", instead: "x = 3\n2 * x"),
    Diagnosis(
      "number", "A number is not written so, or too large.", "0xg", instead: "0xff"),
    Diagnosis(
      "character", "This character has no meaning here.", "1 $ 2", instead: "1 + 2"),
    Diagnosis(
      "escape", "A backslash in a text is followed by n, t, a quote or another backslash.",
      "\"\\q\"", instead: "\"\\n\""),
    Diagnosis("unclosed", "A text does not end.", "\"a", instead: "\"a\""),
    Diagnosis(
      "target", "Only names, their fields and their elements can be given values.", "1 = x",
      instead: "x = 1"),
    Diagnosis(
      "nesting", "Brackets stand too deep inside each other.",
      String(repeating: "(", count: 300) + "1" + String(repeating: ")", count: 300),
      instead: "((1))"),
    Diagnosis(
      "too-long", "A program is at most 16 million characters long.", "", instead: "1"),
    Diagnosis(
      "model", "A file of weights has other names than the model that takes them.", "", instead: "1"
    ),
    Diagnosis("onnx", "A model from an ONNX file cannot do what is asked of it.", "", instead: "1"),
    Diagnosis(
      "params", "A name of a `params` cell takes values of its own kind from outside.", "",
      instead: "1"),
    Diagnosis("archive", "The archive of runs cannot be read or written.", "", instead: "1"),
    Diagnosis("interrupted", "You stopped it.", "", instead: "1"),
    Diagnosis(
      "internal", "This should not happen: the mistake is ours.", "", instead: "1"),
  ]
}
