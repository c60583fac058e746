import Tensors

/// How weights may start. Shapes are [out, in, window…]; fan in = in times the window.
package enum Initialisers {
  /// Inputs and outputs that each element of a weight connects.
  static func fans(_ dims: [Int]) throws -> (input: Int, output: Int) {
    guard dims.count >= 2 else {
      throw TensorError.invalid(
        operation: "initialiser", reason: "needs at least two axes [out, in, …], found \(dims)",
        hint: nil)
    }
    let window = try Shape(checking: Array(dims.dropFirst(2))).count
    let input = try Shape(checking: [dims[1], window]).count
    return (max(1, input), max(1, try Shape(checking: [dims[0], window]).count))
  }

  static func uniform(_ dims: [Int], bound: Double, _ stream: inout RandomStream) throws -> Tensor {
    let shape = try Shape(checking: dims)
    if let blank = try stream.blank(shape) { return blank }
    return try stream.uniform(shape).binary(.multiply, .number(2 * bound)).binary(
      .subtract, .number(bound))
  }

  static func normal(_ dims: [Int], std: Double, _ stream: inout RandomStream) throws -> Tensor {
    let shape = try Shape(checking: dims)
    if let blank = try stream.blank(shape) { return blank }
    return try stream.normal(shape).binary(.multiply, .number(std))
  }

  /// Glorot and Bengio 2010: uniform in ± gain sqrt(6 / (in + out)).
  package static func xavierUniform(
    _ dims: [Int], gain: Double = 1, _ stream: inout RandomStream
  ) throws -> Tensor {
    let (input, output) = try fans(dims)
    let bound = gain * (6 / (Double(input) + Double(output))).squareRoot()
    return try uniform(dims, bound: bound, &stream)
  }

  /// Glorot and Bengio 2010: normal with deviation gain sqrt(2 / (in + out)).
  package static func xavierNormal(
    _ dims: [Int], gain: Double = 1, _ stream: inout RandomStream
  ) throws -> Tensor {
    let (input, output) = try fans(dims)
    return try normal(
      dims, std: gain * (2 / (Double(input) + Double(output))).squareRoot(), &stream)
  }

  /// He et al. 2015 for relu: uniform in ± sqrt(6 / in).
  package static func kaimingUniform(_ dims: [Int], _ stream: inout RandomStream) throws -> Tensor {
    try uniform(dims, bound: (6 / Double(fans(dims).input)).squareRoot(), &stream)
  }

  /// He et al. 2015 for relu: normal with deviation sqrt(2 / in).
  package static func kaimingNormal(_ dims: [Int], _ stream: inout RandomStream) throws -> Tensor {
    try normal(dims, std: (2 / Double(fans(dims).input)).squareRoot(), &stream)
  }

  /// Normal numbers drawn anew until they lie within `bound` deviations.
  package static func truncatedNormal(
    _ dims: [Int], std: Double, bound: Double, _ stream: inout RandomStream
  ) throws -> Tensor {
    var values = try stream.normal(Shape(checking: dims)).array(of: Float.self)
    while let at = values.firstIndex(where: { abs(Double($0)) > bound }) {
      let fresh = try stream.normal(Shape(checking: [values.count])).array(of: Float.self)
      for i in at..<values.count where abs(Double(values[i])) > bound { values[i] = fresh[i] }
    }
    return try Tensor(values, shape: Shape(checking: dims)).binary(.multiply, .number(std))
  }

  /// Saxe, McClelland, Ganguli 2014: rows (or columns) of length 1 at right angles to each other.
  package static func orthogonal(
    _ dims: [Int], gain: Double = 1, _ stream: inout RandomStream
  ) throws -> Tensor {
    _ = try fans(dims)
    let shape = try Shape(checking: dims)
    try MemoryBudget.check(dims, bytes: 24)
    let (rows, columns) = (dims[0], shape.count / max(1, dims[0]))
    // Gram and Schmidt, twice for accuracy, on the vectors of the shorter side.
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    while vectors.count < count {
      var v = try stream.normal(Shape(checking: [length])).array(of: Double.self)
      for _ in 0..<2 {
        for u in vectors {
          let share = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 }
          for i in v.indices { v[i] -= share * u[i] }
        }
      }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 1e-6 { vectors.append(v.map { $0 / norm }) }
    }
    let isWide = rows <= columns
    let values = (0..<shape.count).map { i -> Float in
      let (row, column) = (i / columns, i % columns)
      return Float(gain * (isWide ? vectors[row][column] : vectors[column][row]))
    }
    return try Tensor(values, shape: shape)
  }

  /// Martens 2010: in each column a share of zeros, the rest normal.
  package static func sparse(
    _ dims: [Int], zeros: Double, std: Double, _ stream: inout RandomStream
  ) throws -> Tensor {
    guard dims.count == 2 else {
      throw TensorError.invalid(
        operation: "sparse", reason: "needs two axes [out, in], found \(dims)", hint: nil)
    }
    var values = try normal(dims, std: std, &stream).array(of: Float.self)
    if values.isEmpty { return try Tensor(values, shape: Shape(checking: dims)) }
    let dropped = Int((zeros * Double(dims[0])).rounded(.up))
    for column in 0..<dims[1] {
      for row in stream.permutation(dims[0]).prefix(dropped) { values[row * dims[1] + column] = 0 }
    }
    return try Tensor(values, shape: Shape(checking: dims))
  }

  /// Keeps channels as they are: 1 in the middle of the window from channel i to channel i.
  package static func dirac(_ dims: [Int]) throws -> Tensor {
    guard dims.count >= 3 else {
      throw TensorError.invalid(
        operation: "dirac", reason: "needs [out, in, window…], found \(dims)", hint: nil)
    }
    let shape = try Shape(checking: dims)
    let window = Array(dims.dropFirst(2))
    let size = window.reduce(1, *)
    let middle = window.reduce(0) { $0 * $1 + $1 / 2 }
    if shape.count == 0 { return try .zeros(shape) }
    try MemoryBudget.check(dims)
    var values = [Float](repeating: 0, count: shape.count)
    for i in 0..<min(dims[0], dims[1]) { values[(i * dims[1] + i) * size + middle] = 1 }
    return try Tensor(values, shape: shape)
  }
}
