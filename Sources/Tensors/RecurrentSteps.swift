import CKernels

/// One step of a recurrent cell on plain memory, forward and back, in f32 or f64.
///
/// `gates` [B, g h] hold the sums before their activations and are replaced by the activations; gates
/// come in PyTorch's order: i f g o (LSTM), r z n (GRU).
package enum RecurrentStep {
  private static func activate<E: TensorElement>(
    _ code: UnaryOperation, _ x: UnsafeMutablePointer<E>, _ n: Int
  ) {
    if E.dtype == .float32 {
      x.withMemoryRebound(to: Float.self, capacity: n) {
        ck_unary_f32(code.rawValue, $0, $0, n)
      }
    } else {
      x.withMemoryRebound(to: Double.self, capacity: n) {
        ck_unary_f64(code.rawValue, $0, $0, n)
      }
    }
  }

  /// Gates (activated) and the new [h, c]; c = f c + i g, h = o tanh(c).
  package static func lstm(_ sums: Tensor, _ c: Tensor) throws -> (
    gates: Tensor, h: Tensor, c: Tensor, root: Tensor
  ) {
    sums.dtype == .float64
      ? try lstm(sums, c, Double.self) : try lstm(sums, c, Float.self)
  }

  private static func lstm<E: TensorElement & BinaryFloatingPoint>(
    _ sums: Tensor, _ c: Tensor, _: E.Type
  ) throws -> (gates: Tensor, h: Tensor, c: Tensor, root: Tensor) {
    let (rows, size) = (c.dims[0], c.dims[1])
    let gates = try sums.copied()
    let h = try Tensor(uninitialised: c.shape, c.dtype)
    let next = try Tensor(uninitialised: c.shape, c.dtype)
    let root = try Tensor(uninitialised: c.shape, c.dtype)
    let (old, z) = (c.elements(E.self), gates.fresh(E.self))
    let (y, new, t) = (h.fresh(E.self), next.fresh(E.self), root.fresh(E.self))
    for row in 0..<rows {
      let g = z + row * 4 * size
      activate(.sigmoid, g, 2 * size)
      activate(.tanh, g + 2 * size, size)
      activate(.sigmoid, g + 3 * size, size)
      for j in 0..<size {
        let at = row * size + j
        new[at] = g[size + j] * old[at] + g[j] * g[2 * size + j]
        t[at] = new[at]
      }
      activate(.tanh, t + row * size, size)
      for j in 0..<size { y[row * size + j] = g[3 * size + j] * t[row * size + j] }
    }
    return withExtendedLifetime(c.storage) { (gates, h, next, root) }
  }

  /// Gradients of the sums and of the old c.
  package static func lstmGradient(
    gates: Tensor, c: Tensor, root: Tensor, dh: Tensor, dc: Tensor
  ) throws -> (sums: Tensor, c: Tensor) {
    gates.dtype == .float64
      ? try lstmGradient(gates, c, root, dh, dc, Double.self)
      : try lstmGradient(gates, c, root, dh, dc, Float.self)
  }

  private static func lstmGradient<E: TensorElement & BinaryFloatingPoint>(
    _ gates: Tensor, _ c: Tensor, _ root: Tensor, _ dh: Tensor, _ dc: Tensor, _: E.Type
  ) throws -> (sums: Tensor, c: Tensor) {
    let (rows, size) = (c.dims[0], c.dims[1])
    let slopes = try Tensor(uninitialised: gates.shape, gates.dtype)
    let back = try Tensor(uninitialised: c.shape, c.dtype)
    let (z, old, t) = (gates.elements(E.self), c.elements(E.self), root.elements(E.self))
    let (up, upc) = (dh.elements(E.self), dc.elements(E.self))
    let (out, outc) = (slopes.fresh(E.self), back.fresh(E.self))
    for row in 0..<rows {
      let (g, d) = (z + row * 4 * size, out + row * 4 * size)
      for j in 0..<size {
        let at = row * size + j
        let (i, f, n, o) = (g[j], g[size + j], g[2 * size + j], g[3 * size + j])
        let slope = upc[at] + up[at] * o * (1 - t[at] * t[at])
        d[j] = slope * n * i * (1 - i)
        d[size + j] = slope * old[at] * f * (1 - f)
        d[2 * size + j] = slope * i * (1 - n * n)
        d[3 * size + j] = up[at] * t[at] * o * (1 - o)
        outc[at] = slope * f
      }
    }
    return withExtendedLifetime((gates.storage, c.storage, root.storage, dh.storage, dc.storage)) {
      (slopes, back)
    }
  }

  /// Gates (activated) and the new h; h = n + z (h - n) with n = tanh(input + r recurrent).
  package static func gru(_ input: Tensor, _ recurrent: Tensor, _ h: Tensor) throws -> (
    gates: Tensor, h: Tensor
  ) {
    input.dtype == .float64
      ? try gru(input, recurrent, h, Double.self) : try gru(input, recurrent, h, Float.self)
  }

  private static func gru<E: TensorElement & BinaryFloatingPoint>(
    _ input: Tensor, _ recurrent: Tensor, _ h: Tensor, _: E.Type
  ) throws -> (gates: Tensor, h: Tensor) {
    let (rows, size) = (h.dims[0], h.dims[1])
    let gates = try input.copied()
    let next = try Tensor(uninitialised: h.shape, h.dtype)
    let (z, u) = (gates.fresh(E.self), recurrent.elements(E.self))
    let (old, y) = (h.elements(E.self), next.fresh(E.self))
    for row in 0..<rows {
      let (g, r) = (z + row * 3 * size, u + row * 3 * size)
      for j in 0..<2 * size { g[j] += r[j] }
      activate(.sigmoid, g, 2 * size)
      for j in 0..<size { g[2 * size + j] += g[j] * r[2 * size + j] }
      activate(.tanh, g + 2 * size, size)
      for j in 0..<size {
        let (at, n) = (row * size + j, g[2 * size + j])
        y[at] = n + g[size + j] * (old[at] - n)
      }
    }
    return withExtendedLifetime((recurrent.storage, h.storage)) { (gates, next) }
  }

  /// Gradients of the input sums, of the recurrent sums, and of the old h (its direct part).
  package static func gruGradient(gates: Tensor, recurrent: Tensor, h: Tensor, dh: Tensor) throws
    -> (input: Tensor, recurrent: Tensor, h: Tensor)
  {
    gates.dtype == .float64
      ? try gruGradient(gates, recurrent, h, dh, Double.self)
      : try gruGradient(gates, recurrent, h, dh, Float.self)
  }

  private static func gruGradient<E: TensorElement & BinaryFloatingPoint>(
    _ gates: Tensor, _ recurrent: Tensor, _ h: Tensor, _ dh: Tensor, _: E.Type
  ) throws -> (input: Tensor, recurrent: Tensor, h: Tensor) {
    let (rows, size) = (h.dims[0], h.dims[1])
    let input = try Tensor(uninitialised: gates.shape, gates.dtype)
    let hidden = try Tensor(uninitialised: gates.shape, gates.dtype)
    let direct = try Tensor(uninitialised: h.shape, h.dtype)
    let (z, u, old, up) = (
      gates.elements(E.self), recurrent.elements(E.self), h.elements(E.self), dh.elements(E.self)
    )
    let (a, b, c) = (input.fresh(E.self), hidden.fresh(E.self), direct.fresh(E.self))
    for row in 0..<rows {
      let base = row * 3 * size
      for j in 0..<size {
        let at = row * size + j
        let (r, v, n) = (z[base + j], z[base + size + j], z[base + 2 * size + j])
        let dn = up[at] * (1 - v) * (1 - n * n)
        let dv = up[at] * (old[at] - n) * v * (1 - v)
        let dr = dn * u[base + 2 * size + j] * r * (1 - r)
        a[base + j] = dr
        b[base + j] = dr
        a[base + size + j] = dv
        b[base + size + j] = dv
        a[base + 2 * size + j] = dn
        b[base + 2 * size + j] = dn * r
        c[at] = up[at] * v
      }
    }
    return withExtendedLifetime((gates.storage, recurrent.storage, h.storage, dh.storage)) {
      (input, hidden, direct)
    }
  }
}
