import Autograd
import Language
import Layers
import Tensors
import Vocabulary

extension StandardLibrary {
  private static let sizes = Argument(
    "sizes", .integer, "Sizes [out, in, window…].", variadic: true)

  /// The word for a way in which weights start.
  private static func initialiser(
    _ name: String, _ summary: String, extra: [Argument] = [], example: [Int] = [3, 2],
    _ make: @escaping @Sendable (Call, [Int], inout RandomStream) throws -> Tensor
  ) -> Builtin {
    let shown = example.map { "\($0)" }.joined(separator: ", ")
    return Builtin(
      Entry(
        name, family: "Initial weights", [sizes] + extra, summary: summary,
        examples: [Example("\(name)(\(shown)).shape", prints: "(\(shown))")])
    ) { call, interpreter in
      var stream = interpreter.context.stream.split()
      return try Value(make(call, call.sizes("sizes", interpreter), &stream))
    }
  }

  private static let gain = Argument("gain", .number, "A factor.", default: "1")
  private static let std = Argument("std", .number, "The deviation.", default: "1")

  static let initialiserWords: [Builtin] = [
    initialiser(
      "xavier_uniform", "Uniform weights that keep the spread of values and gradients.",
      extra: [gain]
    ) { try Initialisers.xavierUniform($1, gain: $0.number("gain"), &$2) },
    initialiser(
      "xavier_normal", "Normal weights that keep the spread of values and gradients.",
      extra: [gain]
    ) { try Initialisers.xavierNormal($1, gain: $0.number("gain"), &$2) },
    initialiser("kaiming_uniform", "Uniform weights that keep the spread behind relu.") {
      try Initialisers.kaimingUniform($1, &$2)
    },
    initialiser("kaiming_normal", "Normal weights that keep the spread behind relu.") {
      try Initialisers.kaimingNormal($1, &$2)
    },
    initialiser(
      "orthogonal", "Weights whose rows (or columns) stand at right angles.", extra: [gain]
    ) { try Initialisers.orthogonal($1, gain: $0.number("gain"), &$2) },
    initialiser(
      "truncated_normal", "Normal weights, drawn anew until they lie within a bound.",
      extra: [std, Argument("bound", .number, "How many deviations.", default: "2")]
    ) { call, dims, stream in
      let bound = try call.number("bound")
      guard bound >= 0.01 else { throw call.error("bound should be at least 0.01", at: "bound") }
      return try Initialisers.truncatedNormal(
        dims, std: call.number("std"), bound: bound, &stream)
    },
    initialiser(
      "sparse_normal", "Normal weights with a share of zeros in each column.",
      extra: [
        Argument("zeros", .number, "The share of zeros.", default: "0.9"),
        Argument("std", .number, "The deviation of the others.", default: "0.01"),
      ]
    ) { call, dims, stream in
      let zeros = try call.number("zeros")
      guard zeros >= 0, zeros <= 1 else {
        throw call.error("zeros lies between 0 and 1", at: "zeros")
      }
      return try Initialisers.sparse(dims, zeros: zeros, std: call.number("std"), &stream)
    },
    initialiser(
      "dirac", "Windows that leave each channel as it is.", example: [2, 2, 3]
    ) { _, dims, _ in try Initialisers.dirac(dims) },
  ]

  static let sequenceWords: [Builtin] = [
    Builtin(
      Entry(
        "with_state", family: "Models",
        [
          Argument("m", .model, "A model with recurrent or attention layers."),
          Argument("x", .any, "The next piece of a sequence."),
          Argument(
            "state", .any, "What the piece before left; none at the start.", default: "none"),
        ], summary: "A model's result for a piece of a sequence, and the state it leaves.",
        details: "Recurrent layers go on from their last state, causal attention from the keys and "
          + "values it has seen. Returns (result, state).",
        examples: [
          Example("with_state(LSTM(3, 4), ones(2, 5, 3))[0].shape", prints: "(2, 5, 4)"),
          Example(
            "{ m = GRU(2, 3); x = randn(1, 4, 2); (a, s) = with_state(m, x[:, :3]); (b, s) = with_state(m, x[:, 3:], s); close(concat([a, b], axis=1), m(x)) }",
            prints: "true"),
        ])
    ) { call, interpreter in
      var given: [Value] = []
      if !call.isNone("state") {
        guard case .list(let states) = call["state"] else {
          throw call.wrong("state", expected: "a state that with_state returned")
        }
        given = states
      }
      let outer = interpreter.context.states
      defer { interpreter.context.states = outer }
      interpreter.context.states = (given, [])
      let result = try interpreter.apply(call["m"], [call["x"]])
      let left = interpreter.context.states?.left ?? []
      guard given.isEmpty || given.count == left.count else {
        throw call.error(
          "the state is of a model with \(given.count) such layers, this one has \(left.count)",
          at: "state")
      }
      return .record(Record([(nil, result), (nil, .list(left))]))
    },
    Builtin(
      Entry(
        "rope", family: "Models",
        [
          Argument("x", .tensor, "[..., places, an even size]."),
          Argument("start", .integer, "The number of the first place.", default: "0"),
        ], summary: "Positions as rotations of pairs.",
        details:
          "Su et al. 2021: the halves of the last axis are turned by place * 10000^(-2i/size).",
        examples: [Example("rope([[1.0, 0.0]], start=0)[0]", prints: "[1, 0]")])
    ) { call, _ in
      try Value(Positions.rotated(call.variable("x"), from: call.integer("start")))
    },
    Builtin(
      Entry(
        "sinusoids", family: "Models",
        [
          Argument("n", .integer, "How many places."),
          Argument("d", .integer, "How many numbers for each."),
        ], summary: "Positions as sines and cosines of falling speed: [n, d].",
        details: "Vaswani et al. 2017.",
        examples: [Example("sinusoids(2, 4)[0]", prints: "[0, 1, 0, 1]")])
    ) { call, _ in
      .tensor(Variable(try Positions.sinusoids(call.integer("n"), call.integer("d"))))
    },
  ]
}
