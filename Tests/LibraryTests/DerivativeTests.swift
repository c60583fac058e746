import Testing

/// Jacobians, Hessians and derivatives of one's own against closed forms and differences.
@Suite struct DerivativeTests {
  @Test func `the jacobian of a linear map is its matrix`() throws {
    let source = """
      A = randn(3, 4)
      close(jacobian(x => A @ x)(randn(4)), A)
      """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a jacobian agrees with differences, row by row`() throws {
    let source = """
      f(x) = stack([x[0] * x[1], sin(x[2]), exp(x[0]) / x[1]])
      x = [0.5, -1.25, 2.0]
      J = jacobian(f)(x)
      all([close(J[i], numeric_grad(x => f(x)[i], x), tol=1e-3) for i in range(3)])
      """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a jacobian has the axes of the result, then those of the argument`() throws {
    #expect(try shown("jacobian(x => x @ ones(3, 5))(ones(2, 3)).shape") == ["(2, 5, 2, 3)"])
    #expect(try shown("jacobian(x => sum(x))(ones(2, 3)).shape") == ["(2, 3)"])
    #expect(try shown("jacobian(x => x^2)(3)") == ["6"])
    #expect(try shown("jacobian((a, x) => a * x, wrt=1)(3, [1.0, 2])[0]") == ["[3, 0]"])
    #expect(try shown("jacobian(x => [1.0, 2.0])([5.0])") == ["f32 [2, 1]\n  0\n  0"])
    #expect(try shown("jacobian(x => x[:0])([5.0]).shape") == ["(0, 1)"])
  }

  @Test func `the hessian of a quadratic form is its matrix with its transpose`() throws {
    let source = """
      A = randn(4, 4)
      close(hessian(x => dot(x, A @ x))(randn(4)), A + A.T, tol=1e-4)
      """
    #expect(try shown(source) == ["true"])
  }

  @Test func `a hessian is symmetric and its gradient's jacobian`() throws {
    let source = """
      f(x) = sum(tanh(x)^2) + x[0] * x[1] * x[2]
      x = [0.3, -0.8, 1.1]
      H = hessian(f)(x)
      close(H, H.T) and close(H, jacobian(grad(f))(x))
      """
    #expect(try shown(source) == ["true"])
    #expect(try shown("hessian(x => x^4)(2)") == ["48"])
  }

  @Test func `a jacobian is differentiable itself`() throws {
    // The trace of the jacobian of x^3 is 3 x^2 summed, its gradient 6 x.
    let source = "grad(x => sum(jacobian(x => x^3)(x) * eye(2)))([1.0, 2.0])"
    #expect(try shown(source) == ["[6, 12]"])
  }

  @Test func `a derivative of one's own takes the place of the true one`() throws {
    #expect(
      try shown("grad(x => sum(custom_grad(x => x^2, (x, y, dy) => 10 * dy)(x)))([1.0, 2.0])")
        == ["[10, 10]"])
    #expect(try shown("custom_grad(x => x^2, (x, y, dy) => dy)(3)") == ["9"])
    // With the true rule, gradients of every order are the true ones.
    let source = """
      cube = custom_grad(x => x^3, (x, y, dy) => 3 * x^2 * dy)
      (grad(cube)(2), grad(grad(cube))(2), jacobian(cube)(2))
      """
    #expect(try shown(source) == ["(12, 12, 12)"])
  }

  @Test func `a derivative of two arguments has two parts`() throws {
    let source = """
      product = custom_grad((a, b) => a * b, (a, b, y, dy) => (dy * b, dy * a))
      (grad(product)(3, 5), grad(product, wrt=1)(3, 5))
      """
    #expect(try shown(source) == ["(5, 3)"])
  }

  @Test(arguments: [
    ("jacobian(x => x)((a=1,))", ["jacobian varies a tensor or a number", "grad, for records"]),
    ("jacobian(x => \"a\")([1.0])", ["this function returned a text"]),
    ("jacobian(x => x, wrt=2)(1)", ["there is no argument 2"]),
    ("hessian(x => x)([1.0, 2.0])", ["grad needs one number"]),
    (
      "grad(x => sum(custom_grad(x => x, (x, y, dy) => 1)(x)))([1.0, 2.0])",
      ["should have the shape of its argument, [2]"]
    ),
    (
      "grad(custom_grad((a, b) => a * b, (a, b, y, dy) => dy))(1.0, 2.0)",
      ["should be 2 values"]
    ),
  ])
  func `a derivative that cannot be taken is told`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }
}
