import Autograd
import Tensors
import TestSupport
import Testing

/// Decompositions by what defines them: their product is the matrix, their factors are orthonormal.
@Suite struct DecompositionTests {
  /// Fixed uneven numbers.
  private func matrix(_ shape: [Int]) throws -> Variable {
    let count = shape.reduce(1, *)
    return Variable(try tensor((0..<count).map { Double(($0 * 37 + 11) % 29) / 7 - 2 }, shape))
  }

  private func product(_ a: Variable, _ b: Variable) throws -> Variable { try .matmul(a, b) }

  private func expectIdentity(_ a: Variable) throws {
    let n = a.dims[a.rank - 1]
    let identity = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    let copies = a.shape.count / (n * n)
    expectClose(
      a.value.doubles, Array(repeating: identity, count: copies).flatMap { $0 }, absolute: 1e-12)
  }

  @Test(arguments: [[4, 4], [5, 3], [3, 5], [2, 4, 3]])
  func `singular vectors and values multiply to the matrix`(shape: [Int]) throws {
    let a = try matrix(shape)
    let (u, s, v) = try a.singularValues()
    let back = try product(u * s.expanded(axis: s.rank - 1), v.swappedLast())
    expectClose(back.value.doubles, a.value.doubles, absolute: 1e-12)
    try expectIdentity(product(u.swappedLast(), u))
    try expectIdentity(product(v.swappedLast(), v))
    let k = s.dims[s.rank - 1]
    for (i, pair) in zip(s.value.doubles, s.value.doubles.dropFirst()).enumerated()
    where (i + 1) % k != 0 { #expect(pair.0 >= pair.1) }
  }

  @Test func `a matrix without full rank still has orthonormal singular vectors`() throws {
    let a = Variable(try tensor([1, 2, 3, 2, 4, 6, 1, 2, 3], [3, 3]))
    let (u, s, _) = try a.singularValues()
    try expectIdentity(product(u.swappedLast(), u))
    expectClose(s.value.doubles, [Double(84).squareRoot(), 0, 0], absolute: 1e-12)
  }

  @Test(arguments: [[4, 4], [5, 3], [3, 5]])
  func `q is orthonormal, r a triangle, and they multiply to the matrix`(shape: [Int]) throws {
    let a = try matrix(shape)
    let (q, r) = try a.qr()
    expectClose(try product(q, r).value.doubles, a.value.doubles, absolute: 1e-12)
    try expectIdentity(product(q.swappedLast(), q))
    #expect(try r.triangle(lower: false, 0).value.doubles == r.value.doubles)
  }

  @Test func `eigenvectors diagonalise a symmetric matrix`() throws {
    let half = try matrix([2, 5, 5])
    let a = try half + half.swappedLast()
    let (w, v) = try a.symmetricEigen()
    let back = try product(v * w.expanded(axis: 1), v.swappedLast())
    expectClose(back.value.doubles, a.value.doubles, absolute: 1e-12)
  }

  @Test func `the pseudo inverse fulfils the four equations of Penrose`() throws {
    let a = Variable(try tensor([1, 2, 2, 4, 3, 6], [3, 2]))
    let p = try a.pseudoInverse()
    let (ap, pa) = (try product(a, p), try product(p, a))
    expectClose(try product(ap, a).value.doubles, a.value.doubles, absolute: 1e-12)
    expectClose(try product(pa, p).value.doubles, p.value.doubles, absolute: 1e-12)
    expectClose(try ap.swappedLast().value.doubles, ap.value.doubles, absolute: 1e-12)
    expectClose(try pa.swappedLast().value.doubles, pa.value.doubles, absolute: 1e-12)
  }

  @Test func `what has no answer is told`() throws {
    let singular = Variable(try tensor([1, 2, 2, 4], [2, 2]))
    #expect(throws: TensorError.self) { try singular.inverse() }
    #expect(throws: TensorError.self) { try singular.negated().cholesky() }
    #expect(throws: TensorError.self) { try matrix([2, 3]).determinant() }
    #expect(throws: TensorError.self) { try Variable.einsum("ij,jk", [singular]) }
    #expect(try singular.determinant().value.item == 0)
  }

  @Test func `the slope of a singular determinant is its matrix of cofactors`() throws {
    let singular = Variable(try tensor([1, 2, 2, 4], [2, 2]))
    let slope = try Gradients.of([singular]) { try $0[0].determinant() }.gradients[0]
    expectClose(slope.value.doubles, [4, -2, -2, 1], absolute: 1e-12)
  }
}
