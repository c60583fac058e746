import Tensors
import Vocabulary

// Signals over time and frequency.
extension Operations {
  private static let family = "Signals"
  private static let eight = [0.5, -1.2, 2.0, 0.7, 1.9, -0.3, 0.4, -0.9]
  private static let windowArgument = Argument(
    "window", .text, "A kind of taper.", default: "\"hann\"")
  private static let hopArgument = Argument(
    "hop", .any, "Places from one window to the next; n / 4 when none.", default: "none")

  /// One period of a window of n places, as spectra need it.
  package static func window(_ n: Int, _ kind: String) throws -> Tensor {
    let parts: [Double]
    switch kind {
    case "hann": parts = [0.5, -0.5]
    case "hamming": parts = [0.54, -0.46]
    case "blackman": parts = [0.42, -0.5, 0.08]
    case "ones": parts = [1]
    default:
      throw TensorError.invalid(
        operation: "taper", reason: "there is no window \"\(kind)\"",
        hint: "\"hann\", \"hamming\", \"blackman\" or \"ones\"")
    }
    let shape = try Shape(checking: [n])
    try MemoryBudget.check(n * 32)
    var total = try Tensor.zeros(shape, .float64)
    for (k, part) in parts.enumerated() {
      try WorkStop.check()
      let angles = (0..<n).map { 2 * Double.pi * Double(k) * (Double($0) / Double(n)) }
      total = try total.binary(
        .add, Tensor(angles, shape: shape).unary(.cos).binary(.multiply, .number(part)))
    }
    return total
  }

  package static let taper: TensorOperation = TensorOperation(
    Entry(
      "taper", family: family,
      [
        Argument("n", .integer, "How many places."),
        Argument(
          "kind", .text, "\"hann\", \"hamming\", \"blackman\" or \"ones\".", default: "\"hann\""),
      ], summary: "One period of a window that fades a piece of a signal in and out.",
      examples: [Example("taper(4)", prints: "[0, 0.5, 1, 0.5]")]),
    forward: { _, a in
      try window(a.integer("n", default: 1), a.text("kind") ?? "hann").cast(.float32)
    })

  /// How a signal is cut into windows.
  private struct Cut {
    let n: Int
    let hop: Int
    let window: Variable
    let isPadded: Bool

    init(_ a: Attributes, _ operation: String, share: Int = 4, _ dtype: DType) throws {
      n = a.integer("n", default: 400)
      hop = a.integer("hop", default: Swift.max(1, n / share))
      guard n > 0, n < 1 << 30, hop > 0, hop <= n else {
        throw TensorError.invalid(
          operation: operation, reason: "windows of \(n) places every \(hop) places",
          hint: "n from 1, hop from 1 to n")
      }
      isPadded = a.boolean("pad", default: true)
      window = Variable(try Operations.window(n, a.text("window") ?? "hann").cast(dtype))
    }
  }

  /// [..., T] to [..., n / 2 + 1, frames, 2].
  private static func frames(_ x: Variable, _ cut: Cut, _ operation: String) throws -> Variable {
    guard x.rank > 0, x.dims[x.rank - 1] >= (cut.isPadded ? cut.n / 2 + 1 : cut.n) else {
      throw TensorError.invalid(
        operation: operation,
        reason: "windows of \(cut.n) places do not fit a signal of shape \(x.dims)",
        hint: "a smaller n")
    }
    let signal =
      try cut.isPadded ? x.padded([cut.n / 2, cut.n / 2], mode: "reflect") : x
    let frames = (signal.dims[signal.rank - 1] - cut.n) / cut.hop + 1
    let lead = Array(x.dims.dropLast())
    let target = try Shape(checking: lead + [frames, cut.n, 2])
    try MemoryBudget.check(target.count * 16)
    var places: [Int] = []
    places.reserveCapacity(frames * cut.n)
    for f in 0..<frames {
      if f & 0xFF == 0 { try WorkStop.check() }
      for i in 0..<cut.n { places.append(f * cut.hop + i) }
    }
    let pieces = try signal.chosen(places, axis: -1).reshaped(lead + [frames, cut.n])
    let spectra = try (pieces * cut.window).realFourier()
    let r = spectra.rank
    return try spectra.transposed(Array(0..<r - 3) + [r - 2, r - 3, r - 1])
  }

  private static let padArgument = Argument(
    "pad", .boolean, "Reflect n / 2 places at both ends, so that frames sit on their middles.",
    default: "true")

  package static let shortFourier: TensorOperation = .composed(
    "stft", family,
    [
      Argument("x", .tensor, "Signals [..., T]."),
      Argument("n", .integer, "Places of a window.", default: "400"), hopArgument, windowArgument,
      padArgument,
    ], "The frequencies of each window of a signal: [..., n / 2 + 1, frames, 2].",
    details: "As torch.stft with the window given.", "stft(ones(16), 8, pad=false).shape",
    "(5, 5, 2)",
    samples: [
      .init([eight], [[8]], ["n": .integer(4)]),
      .init([eight], [[2, 4]], ["n": .integer(4), "hop": .integer(2), "pad": .boolean(false)]),
    ]
  ) { inputs, a in
    let x = try inputs[0].floating()
    return try frames(x, Cut(a, "stft", x.dtype), "stft")
  }

  package static let inverseShortFourier: TensorOperation = .composed(
    "istft", family,
    [
      Argument("z", .tensor, "What stft gives."),
      Argument("n", .integer, "Places of a window.", default: "400"), hopArgument, windowArgument,
      padArgument,
    ], "The signal whose windows have the given frequencies.",
    details: "Overlapping windows are added, and divided by the sum of the windows' squares.",
    "{ x = sin(range(32) / 3); close(istft(stft(x, 8), 8), x) }", "true",
    samples: [.init([eight + eight + [0.1, 0.2]], [[3, 3, 2]], ["n": .integer(4)])]
  ) { inputs, a in
    let z = try inputs[0].floating()
    let cut = try Cut(a, "istft", z.dtype)
    guard z.rank >= 3, z.dims[z.rank - 1] == 2, z.dims[z.rank - 3] == cut.n / 2 + 1,
      z.dims[z.rank - 2] > 0
    else {
      throw TensorError.invalid(
        operation: "istft",
        reason: "needs [..., \(cut.n / 2 + 1), frames, 2] for windows of \(cut.n), found \(z.dims)",
        hint: nil)
    }
    let (r, frames) = (z.rank, z.dims[z.rank - 2])
    let pieces = try z.transposed(Array(0..<r - 3) + [r - 2, r - 3, r - 1]).realNumbers(cut.n)
    let lead = Array(pieces.dims.dropLast(2))
    let total = (frames - 1) * cut.hop + cut.n
    let shape = try Shape(checking: lead + [total])
    func added(_ x: Variable, _ rows: Int, into shape: Shape) throws -> Variable {
      try x.dropped(
        at: Tensor.positions([rows, frames, cut.n]) { $0[0] * total + $0[1] * cut.hop + $0[2] },
        into: shape)
    }
    let signal = try added(pieces * cut.window, lead.reduce(1, *), into: shape)
    let squares = try (cut.window * cut.window).broadcast(to: Shape(checking: [frames, cut.n]))
    let weight = try added(squares, 1, into: Shape(checking: [total]))
    let safe = Variable(try weight.value.binary(.maximum, .number(1e-11)))
    let whole = try signal / safe
    let side = cut.isPadded ? cut.n / 2 : 0
    guard total > 2 * side else { return try whole.sliced(axis: -1, 0..<0) }
    return try whole.sliced(axis: -1, side..<total - side)
  }

  /// Triangles on the mel scale 2595 log10(1 + f / 700): [bins, bands].
  package static func melFilters(
    bins: Int, bands: Int, rate: Double, low: Double, high: Double?
  ) throws -> Tensor {
    let high = high ?? rate / 2
    let shape = try Shape(checking: [bins, bands])
    guard bins > 1, bands > 0, low >= 0, high > low, high.isFinite, rate > 0, rate.isFinite else {
      throw TensorError.invalid(
        operation: "mel_filters",
        reason: "\(bands) bands from \(low) to \(high) Hz over \(bins) frequencies",
        hint: "at least 2 frequencies and 1 band, low below high")
    }
    try MemoryBudget.check(shape.count * 16)
    func mel(_ f: Double) throws -> Double {
      try Tensor.number(1 + f / 700).unary(.log10).double(at: 0) * 2595
    }
    let (first, last) = (try mel(low), try mel(high))
    let steps = (0..<bands + 2).map { first + (last - first) * Double($0) / Double(bands + 1) }
    let powers = try Tensor(steps).binary(.multiply, .number(1 / 2595.0))
    let corners = try Tensor.number(10).binary(.power, powers).array(of: Double.self).map {
      700 * ($0 - 1)
    }
    var values: [Double] = []
    for k in 0..<bins {
      try WorkStop.check()
      let f = rate / 2 * Double(k) / Double(bins - 1)
      for b in 0..<bands {
        let up = (f - corners[b]) / (corners[b + 1] - corners[b])
        let down = (corners[b + 2] - f) / (corners[b + 2] - corners[b + 1])
        values.append(Swift.max(0, Swift.min(up, down)))
      }
    }
    return try Tensor(values, shape: shape)
  }

  private static let rateArgument = Argument(
    "rate", .number, "Samples of the signal a second.", default: "16000")
  private static let bandArguments = [
    Argument("low", .number, "The lowest frequency, in Hz.", default: "0"),
    Argument("high", .any, "The highest frequency; rate / 2 when none.", default: "none"),
  ]

  package static let melFilters: TensorOperation = TensorOperation(
    Entry(
      "mel_filters", family: family,
      [
        Argument("bins", .integer, "Frequencies of a spectrum, from 0 to rate / 2."),
        Argument("bands", .integer, "How many bands.", default: "128"), rateArgument,
      ] + bandArguments,
      summary: "Triangles that gather frequencies into bands as the ear does: [bins, bands].",
      details: "The scale 2595 log10(1 + f / 700).",
      examples: [Example("mel_filters(9, 2)[1]", prints: "[0.963201, 0.0367987]")]),
    forward: { _, a in
      let high: Double? = a["high"] == nil ? nil : a.number("high", default: 0)
      return try melFilters(
        bins: a.integer("bins", default: 2), bands: a.integer("bands", default: 128),
        rate: a.number("rate", default: 16000), low: a.number("low", default: 0), high: high
      ).cast(.float32)
    })

  package static let melSpectrogram: TensorOperation = .composed(
    "mel_spectrogram", family,
    [
      Argument("x", .tensor, "Signals [..., T]."), rateArgument,
      Argument("n", .integer, "Places of a window.", default: "400"),
      Argument(
        "hop", .any, "Places from one window to the next; n / 2 when none.", default: "none"),
      Argument("bands", .integer, "How many bands.", default: "128"),
    ] + bandArguments + [windowArgument, padArgument],
    "The power of each band of the mel scale in each window: [..., bands, frames].",
    details: "|stft|^2 through mel_filters, as torchaudio's MelSpectrogram.",
    "mel_spectrogram(ones(800), bands=40).shape", "(40, 5)",
    samples: [.init([eight], [[8]], ["n": .integer(4), "bands": .integer(2)])]
  ) { inputs, a in
    let x = try inputs[0].floating()
    let z = try frames(x, Cut(a, "mel_spectrogram", share: 2, x.dtype), "mel_spectrogram")
    let power = try (z * z).sum(-1)  // [..., bins, frames]
    let high: Double? = a["high"] == nil ? nil : a.number("high", default: 0)
    let filters = try melFilters(
      bins: power.dims[power.rank - 2], bands: a.integer("bands", default: 128),
      rate: a.number("rate", default: 16000), low: a.number("low", default: 0), high: high
    ).cast(x.dtype)
    return try power.mixed(filters, axis: -2)
  }
}
