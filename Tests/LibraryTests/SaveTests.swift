import TestSupport
import Testing

/// Data written by a program and read again.
@Suite struct SaveTests {
  @Test(arguments: [
    ("save([[1.5, 2], [3, nan]], \"a.npy\"); load(\"a.npy\")[:, 0]", "[1.5, 3]"),
    ("save((x=[1, 2], y=[[0.5]]), \"a.npz\"); load(\"a.npz\").y[0]", "[0.5]"),
    ("save((a=[1, 2], b=[\"x,y\", \"q\"], c=[0.5, nan]), \"a.csv\"); load(\"a.csv\").b[0]", "x,y"),
    ("save((a=[1, 2], b=[0.1, 0.25]), \"a.csv\"); load(\"a.csv\").b[1]", "0.25"),
    ("save([[1, 2], [3, 4]], \"a.csv\"); load(\"a.csv\").c1", "[2, 4]"),
    ("save([[0, 255], [128, 7]], \"a.png\"); load(\"a.png\")[1]", "[128, 7]"),
    ("save(full([3, 2, 2], 9), \"a.png\"); load(\"a.png\").shape", "(3, 2, 2)"),
    ("save((samples=[0.5, -0.5], rate=8000), \"a.wav\"); load(\"a.wav\").rate", "8000"),
    ("save(\"two\\nlines\", \"a.txt\"); len(lines(load(\"a.txt\")))", "2"),
  ])
  func `what is saved is loaded again`(source: String, want: String) throws {
    try withTemporaryFolder { folder in
      let shown = try shown(source, folder: folder)
      #expect(shown.last == want, "\(shown)")
    }
  }

  @Test(arguments: [
    ("save([1, 2], \"a.png\")", "a picture is [height, width]"),
    ("save([[-1]], \"a.png\")", "between 0 and 255"),
    ("save((a=[1], b=[1, 2]), \"a.csv\")", "of one length, these are 1, 2"),
    ("save([1], \"a.xyz\")", "ends in .safetensors, .npy"),
    ("save([1], \"../a.npy\")", "outside the folders"),
    ("save([1], \"datasets/a.npy\")", "stays as it is"),
    ("save((rate=1), \"a.wav\")", "a sound"),
  ])
  func `what cannot be written is told`(source: String, part: String) throws {
    let text = diagnosis(source)
    #expect(text.contains(part), "\(text)")
  }

  @Test func `a model takes numbers that have other names`() throws {
    try withTemporaryFolder { folder in
      let source = """
        A() = { conv = Linear(2, 3); out = Linear(3, 1); x => out(conv(x)) }
        a = A()
        save(a, "a.safetensors")
        b = Linear(2, 3) >> Linear(3, 1)
        pairs = load_into(b, "a.safetensors", names=[("0", "conv"), ("1", "out")])
        named = load_into(b, "a.safetensors", names=n => replace(replace(n, "0.", "conv."), "1.", "out."))
        x = [[1.0, 2]]
        same(pairs(x), a(x)) and same(named(x), a(x))
        try { load_into(b, "a.safetensors", names=[("0", "cnv")]) } else e { e }
        """
      let shown = try shown(source, folder: folder)
      #expect(shown == ["true", "the file has no `cnv.weight` for the model's `0.weight`"])
    }
  }
}
