import Glibc
import Tensors

/// Complex numbers as pairs.
private typealias Complex = (re: Double, im: Double)

extension GraphOperators {
  /// The discrete Fourier transform of a list, by its definition.
  private static func transformed(_ x: [Complex], isInverse: Bool) -> [Complex] {
    let n = x.count
    let sign = isInverse ? 1.0 : -1.0
    let turns: [Complex] = (0..<n).map { k in
      let angle = sign * 2 * Double.pi * Double(k) / Double(n)
      return (cos(angle), sin(angle))
    }
    let scale = isInverse ? 1 / Double(max(1, n)) : 1
    return (0..<n).map { k in
      var sum: Complex = (0, 0)
      for (i, value) in x.enumerated() {
        let turn = turns[i * k % n]
        sum.re += value.re * turn.re - value.im * turn.im
        sum.im += value.re * turn.im + value.im * turn.re
      }
      return (sum.re * scale, sum.im * scale)
    }
  }

  private static func dft(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0).ranked(2...)
    let isInput = call.version >= 20
    let given =
      try isInput ? call.optional(2)?.integer() ?? -2 : call.integer("axis", 1)
    let axis = try x.axis(given)
    let (isInverse, isOneSided) = (call.flag("inverse"), call.flag("onesided"))
    let parts = x.dims[x.rank - 1]
    guard axis < x.rank - 1, parts == 1 || parts == 2 else {
      throw GraphError.invalid("signals of \(x.dims) along axis \(axis)")
    }
    // An inverse of one half fills in the other half itself.
    let restores = isInverse && isOneSided
    let length =
      try call.optional(1)?.integer() ?? (restores ? 2 * (x.dims[axis] - 1) : x.dims[axis])
    guard length > 0, length < 1 << 31 else { throw GraphError.invalid("a length of \(length)") }
    let kept = isOneSided && !isInverse ? length / 2 + 1 : length
    let outer = x.dims[..<axis].reduce(1, *)
    let inner = x.dims[(axis + 1)..<(x.rank - 1)].reduce(1, *)
    var dims = x.dims
    dims[axis] = kept
    dims[x.rank - 1] = restores ? 1 : 2
    let width = dims[x.rank - 1]
    var result = [Double](repeating: 0, count: try places(dims))
    let values = try x.reals()
    for o in 0..<outer {
      for i in 0..<inner {
        func read(_ t: Int) -> Complex {
          guard t < x.dims[axis] else { return (0, 0) }
          let at = ((o * x.dims[axis] + t) * inner + i) * parts
          return (values[at], parts == 2 ? values[at + 1] : 0)
        }
        let line: [Complex] = (0..<length).map { t in
          guard restores, t > length / 2 else { return read(t) }
          let mirrored = read(length - t)
          return (mirrored.re, -mirrored.im)
        }
        let found = transformed(line, isInverse: isInverse)
        for t in 0..<kept {
          let at = ((o * kept + t) * inner + i) * width
          result[at] = found[t].re
          if width == 2 { result[at + 1] = found[t].im }
        }
      }
    }
    return try Operand(reals: result, dims, x.type)
  }

  private static func stft(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0).ranked(2...3)
    let step = try call.operand(1).integer()
    let window = try call.optional(2)?.reals()
    let size = try call.optional(3)?.integer() ?? window?.count ?? 0
    let (batch, length) = (x.dims[0], x.dims[1])
    let parts = x.rank == 3 ? x.dims[2] : 1
    guard step > 0, size > 0, size <= length, window.map({ $0.count <= size }) ?? true, parts <= 2
    else { throw GraphError.invalid("frames of \(size) every \(step) of \(x.dims)") }
    let frames = (length - size) / step + 1
    let kept = call.flag("onesided", true) ? size / 2 + 1 : size
    let dims = [batch, frames, kept, 2]
    var result: [Double] = []
    result.reserveCapacity(try places(dims))
    let values = try x.reals()
    let margin = (size - (window?.count ?? size)) / 2
    for b in 0..<batch {
      for frame in 0..<frames {
        let line: [Complex] = (0..<size).map { t in
          let at = (b * length + frame * step + t) * parts
          var weight = 1.0
          if let window {
            weight = t >= margin && t - margin < window.count ? window[t - margin] : 0
          }
          return (values[at] * weight, parts == 2 ? values[at + 1] * weight : 0)
        }
        for value in transformed(line, isInverse: false)[..<kept] {
          result += [value.re, value.im]
        }
      }
    }
    return try Operand(reals: result, dims, x.type)
  }

  /// A window of cosines: a sum of a[k] cos(2 pi k t / n), with alternating signs.
  private static func window(_ name: String, _ coefficients: [Double]) -> GraphOperator {
    GraphOperator(name) { call in
      let size = try call.operand(0).integer()
      let count = try places([size])
      let length = Double(call.flag("periodic", true) ? size : size - 1)
      let values = (0..<count).map { t in
        coefficients.enumerated().reduce(0.0) { sum, term in
          let sign = term.offset % 2 == 0 ? 1.0 : -1.0
          return sum + sign * term.element * cos(2 * Double.pi * Double(term.offset * t) / length)
        }
      }
      return try Operand(reals: values, [count], call.type("output_datatype") ?? .float32)
    }
  }

  private static func melWeights(_ call: NodeCall) throws -> Operand {
    let (bands, size) = (try call.operand(0).integer(), try call.operand(1).integer())
    let rate = try call.operand(2).real()
    let (low, high) = (try call.operand(3).real(), try call.operand(4).real())
    guard bands > 0, size > 0, rate > 0, low >= 0, high >= low, bands < 1 << 31, size < 1 << 31
    else { throw GraphError.invalid("\(bands) bands of \(size) from \(low) to \(high)") }
    func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    let step = (mel(high) - mel(low)) / Double(bands + 2)
    let bins = try (0..<bands + 2).map { i -> Int in
      let hertz = 700 * (pow(10, (Double(i) * step + mel(low)) / 2595) - 1)
      let bin = (Double(size + 1) * hertz / rate).rounded(.down)
      guard bin >= 0, bin < 1e9 else { throw GraphError.invalid("a band at \(hertz)") }
      return Int(bin)
    }
    let rows = size / 2 + 1
    var result = [Double](repeating: 0, count: try places([rows, bands]))
    func put(_ row: Int, _ band: Int, _ value: Double) {
      if row < rows { result[row * bands + band] = value }
    }
    for band in 0..<bands {
      let (first, centre, last) = (bins[band], bins[band + 1], bins[band + 2])
      if centre == first { put(centre, band, 1) }
      for row in first..<max(first, centre + 1) where centre > first {
        put(row, band, Double(row - first) / Double(centre - first))
      }
      for row in centre..<max(centre, last) where last > centre {
        put(row, band, Double(last - row) / Double(last - centre))
      }
    }
    return try Operand(reals: result, [rows, bands], call.type("output_datatype") ?? .float32)
  }

  static let signals: [GraphOperator] = [
    GraphOperator("DFT", dft), GraphOperator("STFT", stft),
    window("HannWindow", [0.5, 0.5]), window("HammingWindow", [25.0 / 46, 21.0 / 46]),
    window("BlackmanWindow", [0.42, 0.5, 0.08]),
    GraphOperator("MelWeightMatrix", melWeights),
  ]
}
