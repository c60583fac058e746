import TestSupport
import Testing

@Suite struct AugmentationTests {
  @Test(arguments: [
    // A window of a picture of rising numbers keeps their distances: right 1, down 5.
    ("c = Crop(3)(reshape(arange(25), 1, 1, 5, 5)); c[0, 0, 1, 1] - c[0, 0, 0, 0]", "6"),
    ("Crop(2, pad=3)(zeros(2, 3, 4, 5)).shape", "(2, 3, 2, 2)"),
    ("Flip(1, vertical=true)([[[1, 2], [3, 4]]])[0, 0]", "[3, 4]"),
    ("Flip(0)([[[1, 2], [3, 4]]])[0, 0]", "[1, 2]"),
    (
      "s = Shift(1)(ones(50, 1, 3, 3)); u = sum(reshape(s, 50, 9), axis=1); (min(u), max(u))",
      "(4, 9)"
    ),
    (
      "c = Cutout(3)(ones(40, 2, 6, 6)); u = sum(c[:, 0] == 0, axis=(1, 2)); (min(u), max(u))",
      "(4, 9)"
    ),
    ("n = Noise(0.5)(zeros(400, 5)); abs(std(n) - 0.5) < 0.03 and abs(mean(n)) < 0.04", "true"),
    ("Normalize([1, 2], [1, 4])([[1, 2], [3, 10]])[1]", "[2, 2]"),
    ("m = Mixup(1)((x=[[0.0], [1.0]], y=[0, 1])); close(m.x[:, 0], m.y[:, 1])", "true"),
    (
      "m = CutMix()((x=[zeros(1, 8, 8), ones(1, 8, 8)], y=[0, 1])); close(mean(reshape(m.x, 2, 64), axis=1), m.y[:, 1])",
      "true"
    ),
    (
      "d = (Flip() >> Shift(1))((x=ones(2, 3, 3), y=[0, 1], names=[\"a\", \"b\"])); d.names[1]", "b"
    ),
    ("seed(4); a = Flip()(randn(20, 2, 2)); seed(4); same(a, Flip()(randn(20, 2, 2)))", "true"),
  ])
  func `an augmentation does what it says`(source: String, want: String) throws {
    #expect(try shown(source).last == want, "\(source)")
  }

  private let setting = """
    seed(3)
    d = (x=randn(40, 1, 6, 6), y=randint(0, 3, 40))
    held = (x=randn(10, 1, 6, 6), y=randint(0, 3, 10))
    m = Conv(1, 4, 3) >> BatchNorm(4) >> relu >> flatten >> Dropout(0.2) >> Linear(144, 3)
    vary = Flip() >> Shift(1) >> (b => (x=b.x + 0.1 * randn(1), y=b.y)) >> Mixup()
    go(n, ahead, from) = { seed(9); train(m, d, opt=SGD(0.05, momentum=0.9), steps=n, batch=8, val=held, augment=vary, ahead=ahead, resume=from) }
    equal(a, b) = same(params(a.model), params(b.model)) and same(a.history, b.history) and same(a.val.loss, b.val.loss)

    """

  @Test func `a run has the same bits however far its batches are made ahead`() throws {
    for workers in [1, 4] {
      try withWorkers(workers) {
        let source =
          setting
          + "whole = go(25, 0, none)\nall([equal(go(25, k, none), whole) for k in [1, 2, 6]])"
        let result = try shown(source)
        #expect(result == ["true"])
      }
    }
  }

  @Test func `a run of varied batches goes on where it was`() throws {
    let source =
      setting
      + "whole = go(20, 2, none)\nall([equal(go(20, 2, go(k, 1, none)), whole) for k in [1, 4, 5, 13]])"
    #expect(try shown(source) == ["true"])
  }

  @Test func `a step of one's own sees varied batches too`() throws {
    let source = """
      go(k) = { seed(5); train((t=0.0), (x=ones(8, 1, 2, 2),), step=(s, b) => ((t=s.t + sum(b.x)), (sum=sum(b.x))), epochs=2, batch=4, augment=Cutout(1), ahead=k) }
      r = go(2)
      (r.model.t, same(r.history, go(0).history))
      """
    // Of four places in each of 16 pictures one is a hole.
    #expect(try shown(source) == ["(48, true)"])
  }

  @Test func `what is certain happens to held-out data too`() throws {
    let source = """
      d = (x=[[4.0], [6.0]], y=[[1.0], [2.0]])
      go(a, v) = { seed(2); train(Linear(1, 1), d, loss=mse, epochs=1, val=v, augment=a) }
      far = (x=(d.x - 5) / 2, y=d.y)
      same(go(Noise(0) >> Normalize(5, 2), d).val.loss, go(Normalize(5, 2), d).val.loss)
      close(go(Normalize(5, 2), d).val.loss, { seed(2); train(Linear(1, 1), far, loss=mse, epochs=1, val=far) }.val.loss)
      """
    #expect(try shown(source) == ["true", "true"])
  }

  @Test(arguments: [
    ("Flip()(ones(2, 3))", "pictures [N, …, height, width]"),
    ("Crop(9)(ones(2, 1, 3, 3))", "9 x 9 does not fit into 3 x 3"),
    ("Mixup()(ones(2, 3))", "mixes labels, this data has none"),
    ("Mixup()((x=ones(3, 3), y=[0, 1]))", "3 examples come with labels [2]"),
    ("CutMix()((x=ones(2, 3, 3), y=ones(4, 2)))", "2 examples come with labels [4, 2]"),
    ("Mixup()((x=ones(1, 3), y=[9223372036854775807]))", "label"),
    ("Mixup()((x=ones(1, 3), y=[-5]))", "label"),
    ("Mixup()((x=ones(2, 3), y=1))", "2 examples come with labels []"),
    ("Mixup(9)((x=ones(2, 3), y=[0, 1]))", "between 0.01 and 4"),
    ("Normalize(0, 0)(ones(2, 3))", "greater than 0"),
    (
      "train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), augment=3)",
      "augmentations or a function"
    ),
    ("train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), augment=Flip())", "pictures [N"),
    ("train(Linear(1, 2), (x=zeros(4, 1), y=[0, 1, 0, 1]), ahead=-1)", "between 0 and 64"),
  ])
  func `what cannot be varied is told`(source: String, part: String) {
    let text = diagnosis(source)
    #expect(text.contains(part), "\(text)")
  }
}
