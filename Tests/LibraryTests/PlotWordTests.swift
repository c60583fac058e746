import Testing

/// What the plot words take, refuse and say.
@Suite struct PlotWordTests {
  @Test(arguments: [
    (
      "scatter(dataset(\"iris\").x[:, :2], labels=dataset(\"iris\").y, names=dataset(\"iris\").classes)",
      "150 points in 3 classes (setosa 50, versicolor 50, virginica 50), x from 4.3 to 7.9, "
        + "y from 2 to 4.4."
    ),
    ("scatter([1, 2, nan], [3, 4, 5])", "3 points, x from 1 to 2, y from 3 to 4, 1 not finite."),
    (
      "scatter([[1, 2], [3, 4]], labels=[\"b\", \"a\"])",
      "2 points in 2 classes (b 1, a 1), x from 1 to 3, y from 2 to 4."
    ),
    ("scatter(zeros(0, 2))", "0 points."),
    (
      "hist([1, 2, 2, 3, 3, 3])",
      "6 values from 1 to 3, mean 2.333, most often 3 (3)."
    ),
    ("hist([nan])", "1 value, none of them finite."),
    ("bars((up=2, down=-1.5))", "2 bars from -1.5 (down) to 2 (up)."),
    ("bars([3, 1])", "2 bars from 1 (1) to 3 (0)."),
    ("bars(\"a b\", [1, nan])", "2 bars from 1 (a) to 1 (a), 1 not finite."),
    ("table((a=[1, 2], b=[\"x\", \"y\"]))", "A table of 2 rows and 2 columns: a, b."),
    ("table([(a=1, b=2), (b=3, c=4)])", "A table of 2 rows and 3 columns: a, b, c."),
    ("table([])", "A table of 0 rows and 0 columns."),
    ("table(eye(3))", "A table of 3 rows and 3 columns: 0, 1, 2."),
    ("plot([1, 2, 4], names=\"loss\")", "loss rose from 1 to 4, between 1 and 4 over 3 points."),
    (
      "plot([0, 1, 2], [[1, 2, 3], [3, 1, 0]], names=\"up down\")",
      "up rose from 1 to 3, between 1 and 3 over 3 points; "
        + "down fell from 3 to 0, between 0 and 3 over 3 points."
    ),
    (
      "plot((train=[3, 2, 1], val=[4, 3]))",
      "train fell from 3 to 1, between 1 and 3 over 3 points; "
        + "val fell from 4 to 3, between 3 and 4 over 2 points."
    ),
    ("plot([0, 1, 2], x => x^2)", "the curve rose from 0 to 4, between 0 and 4 over 3 points."),
    (
      "plot(step_decay(1, 2, by=0.5))",
      "the curve fell from 1 to 0.125, between 0.125 and 1 over 8 points."
    ),
    ("images(ones(2, 1, 4, 3))", "2 images of 4 x 3 pixels, brightness from 0 to 1."),
  ])
  func `a plot says what it shows`(source: String, sentence: String) throws {
    #expect(try shown("describe(\(source))") == [sentence])
  }

  @Test func `a table is aligned and blanks what a row lacks`() throws {
    #expect(
      try shown("table([(name=\"ada\", age=36), (name=\"bo\", age=7, note=\"new\")])") == [
        """
        name  age  note
        ────  ───  ────
        ada    36
        bo      7  new
        """
      ])
  }

  @Test(arguments: [
    ("scatter(ones(3, 4))", ["points [n, 2]", "x[:, :2]"]),
    ("scatter([1, 2], [1, 2, 3])", ["scatter", "[2]", "[3]"]),
    ("scatter(ones(3, 2), labels=[1])", ["3 points need 3 labels, not 1"]),
    ("scatter(ones(40, 2), labels=range(40))", ["at most 30 classes"]),
    ("scatter(ones(3, 2), [0, 1, 0])", ["have their y already", "labels=[0, 1, 0]"]),
    ("plot([1, 2], names=\"a b\")", ["one curve has one name, not 2"]),
    ("plot([1, 2], [[1, 2], [3, 4]], names=\"a\")", ["2 curves need 2 names, not 1"]),
    ("plot(x => x)", ["a schedule, or runs"]),
    ("plot([1, 2], [[1, 2, 3]])", ["plot", "[2]", "[3]"]),
    ("hist([1], bins=0)", ["bins should be from 1 to 1000"]),
    ("hist(\"a\")", ["hist: `values` should be a tensor"]),
    ("bars([\"a\"], [1, 2])", ["2 values need 2 labels, not 1"]),
    ("bars((a=\"x\",))", ["a record of numbers"]),
    ("table((a=[1, 2], b=[1]))", ["`a` has length 2, `b` 1"]),
    ("table((a=1,))", ["`a` should be a column", "[1]"]),
    ("table([1, \"a\"])", ["row 0 should be a record"]),
    ("table((a=zeros(2, 2, 2),))", ["[2, 2, 2]"]),
    ("images(ones(2, 3, 4, 4))", ["grey images"]),
    ("images(ones(2, 4, 4), labels=[1])", ["2 images need 2 labels, not 1"]),
  ])
  func `a plot that cannot be drawn is told`(source: String, parts: [String]) {
    let text = diagnosis(source)
    for part in parts { #expect(text.contains(part), "\(text)") }
  }
}
