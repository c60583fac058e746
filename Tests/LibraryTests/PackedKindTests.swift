import TestSupport
import Testing

/// What the language does with f16, bf16 and i8: PyTorch's kinds of results, except that whole numbers
/// never wrap; gradients; models and files.
@Suite struct PackedKindTests {
  /// `torch.result_type` of tensors, and of a tensor and a number.
  @Test(arguments: [
    ("f16", "f16", "f16"), ("bf16", "bf16", "bf16"), ("f16", "bf16", "f32"), ("f16", "f32", "f32"),
    ("bf16", "f32", "f32"), ("f16", "f64", "f64"), ("i8", "f16", "f16"), ("i8", "bf16", "bf16"),
    ("i8", "f32", "f32"), ("i64", "f16", "f16"), ("bool", "f16", "f16"), ("i8", "i64", "i64"),
  ])
  func `two tensors meet in PyTorch's kind`(_ a: String, _ b: String, _ kind: String) throws {
    let source = """
      (a, b) = (cast([[1, 0], [1, 1]], "\(a)"), cast([[1, 1], [0, 1]], "\(b)"))
      [(a + b).dtype, (b * a).dtype, (b - a).dtype, (a @ b).dtype, maximum(a, b).dtype]
      """
    #expect(
      try shown(source) == [
        "[" + repeatElement("\"\(kind)\"", count: 5).joined(separator: ", ") + "]"
      ])
  }

  @Test(arguments: [
    ("cast([1, 2], \"f16\") * 0.1", "f16"), ("2 - cast([1, 2], \"bf16\")", "bf16"),
    ("cast([1, 2], \"i8\") * 0.5", "f32"), ("cast([1, 2], \"i8\") + 1", "i64"),
    ("exp(cast([1, 2], \"f16\"))", "f16"), ("softmax(cast([1, 2], \"bf16\"))", "bf16"),
    ("sum(cast([[1, 2]], \"f16\"), axis=0)", "f16"), ("-cast([1, 2], \"i8\")", "i64"),
    ("cast([[1, 2]], \"i8\").T", "i8"), ("reshape(cast([1, 2], \"bf16\"), 2, 1)", "bf16"),
    ("cast([1, 2], \"f16\")[1:]", "f16"), ("where([true, false], cast([1, 2], \"i8\"), 0)", "i64"),
    ("relu(Linear(2, 2)(cast([[1, 2]], \"f16\")))", "f32"),
    ("cast(Linear(2, 2) >> relu, \"f16\")(cast([[1, 2]], \"f16\"))", "f16"),
    ("cast(Embedding(3, 2), \"bf16\")([0, 2])", "bf16"),
  ])
  func `a result has the kind that the page of cast says`(_ source: String, _ kind: String) throws {
    #expect(try shown("(\(source)).dtype") == [kind])
  }

  @Test func `whole numbers of eight bits widen where PyTorch wraps`() throws {
    #expect(
      try shown("q = cast([100, -128], \"i8\")\nq + q\nq * q\n-q\nsum(q)\nq[0]") == [
        "[200, -256]", "[10000, 16384]", "[-100, 128]", "-28", "100",
      ])
  }

  @Test func `what does not fit says so`() {
    #expect(diagnosis("cast([300], \"i8\")").contains("i8: 300 does not fit, it holds -128 to 127"))
    #expect(diagnosis("cast([300], \"i8\")").contains("clip(x, -128, 127)"))
    #expect(diagnosis("cast([1], \"f8\")").contains("\"bf16\""))
  }

  @Test func `the kind is shown with the shape`() throws {
    #expect(
      try shown("cast([[1.0, 2.5]], \"f16\")\ncast([[1, 2]], \"i8\")") == [
        "f16 [1, 2]\n  1.0 2.5", "i8 [1, 2]\n  1  2",
      ])
  }

  @Test func `the gradient of a cast is the gradient, in the kind of what is moved`() throws {
    // d/dw of sum((3 w)^2) is 18 w; these numbers are exact in both kinds.
    let source = """
      w = [0.5, -2, 1]
      g = grad(w => sum((3 * cast(w, "KIND"))^2))(w)
      (g, g.dtype)
      h = grad(w => sum((3 * w)^2))(cast(w, "KIND"))
      (h, h.dtype)
      hessian(w => sum((3 * cast(w, "KIND"))^2))(w)[0]
      """
    for kind in ["f16", "bf16"] {
      #expect(
        try shown(source.replacing("KIND", with: kind)) == [
          "([9, -36, 18], \"f32\")", "([9, -36, 18], \"\(kind)\")", "[18, 0, 0]",
        ])
    }
  }

  @Test func `small gradients vanish in f16, and a scaled loss brings them back`() throws {
    // Half the smallest subnormal, 2^-25, is rounded to 0; 1024 times as much is not.
    let source = """
      f(scale) = grad(w => scale * sum(cast(w, "f16") * 2^(-26)))(ones(2)) / scale
      f(1)
      same(f(1024), full([2], 2.0^(-26)))
      """
    #expect(try shown(source) == ["[0, 0]", "true"])
  }

  @Test
  func `a tape of sixteen bits takes half the memory, with gradients as near as their digits`()
    throws
  {
    let source = """
      (x, m) = (randn(512, 64), Linear(64, 64))
      layers = [randn(64, 64) / 8 for i in range(48)]
      loss(ws, x) = { h = x; for w in ws { h = tanh(h @ w) }; mean(h^2) }
      f(ws) = grad(ws => loss(ws, x))(ws)
      half(ws) = grad(ws => loss([cast(w, "bf16") for w in ws], cast(x, "bf16")))(ws)
      peak_memory(() => half(layers)) / peak_memory(() => f(layers)) < 0.6
      (a, b) = (f(layers)[0], half(layers)[0])
      b.dtype
      norm(a - b) / norm(a) < 0.05
      """
    #expect(try shown(source) == ["true", "f32", "true"])
  }

  @Test func `a model of sixteen bits learns, and keeps its kind`() throws {
    let source = """
      x = randn(128, 4)
      d = (x=cast(x, "f16"), y=int(x[:, 0] > 0))
      r = train(cast(Linear(4, 16) >> tanh >> Linear(16, 2), "f16"), d, opt=Adam(0.02), epochs=20)
      accuracy(r.model(d.x), d.y) > 0.9
      r.model[0].weight.dtype
      """
    #expect(try shown(source) == ["true", "f16"])
  }

  @Test(arguments: [("f16", 2), ("bf16", 2)])
  func `a model keeps its kind and bits in a file of half the size`(_ kind: String, _ bytes: Int)
    throws
  {
    let source = """
      m = cast(Input([6]) >> Linear(64) >> BatchNorm(64) >> relu >> Linear(3), "\(kind)")
      save(m, "m.safetensors")
      n = load("m.safetensors")
      x = randn(5, 6)
      same(m(x), n(x)) and same(params(m), params(n))
      n[1].weight.dtype
      load_into(Input([6]) >> Linear(64) >> BatchNorm(64) >> relu >> Linear(3), "m.safetensors")[1].weight.dtype
      """
    let printed = try withTemporaryFolder { folder in try shown(source, folder: folder) }
    #expect(printed == ["true", kind, "f32"])
  }

  @Test func `arrays of the kinds that NumPy has come back from npy and npz`() throws {
    let source = """
      (a, q) = (cast([0.1, 2, -3], "f16"), cast([1, -2], "i8"))
      save(a, "a.npy")
      b = load("a.npy")
      (same(a, b), b.dtype)
      save((a=a, q=q), "all.npz")
      r = load("all.npz")
      (r.a.dtype, r.q.dtype, same(r.q, q))
      try { save(cast(a, "bf16"), "a.npy") } else e { e }
      """
    let printed = try withTemporaryFolder { folder in try shown(source, folder: folder) }
    #expect(Array(printed.prefix(2)) == ["(true, \"f16\")", "(\"f16\", \"i8\", true)"])
    #expect(printed.last?.contains("cast(x, \"f32\") holds the same numbers") ?? false)
  }
}
