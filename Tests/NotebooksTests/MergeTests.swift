import Notebooks
import Testing

@Suite struct MergeTests {
  private func page(
    _ lr: String, _ body: String = "x + 1", shown: String = "3", loss: String = "AACAPw=="
  )
    -> String
  {
    """
    # Page

    ```gradus #p params
    lr = \(lr)
    ```

    ```gradus #a
    \(body)
    ```
    ```out #a src=\(shown)0000000 val=11111111
    \(shown)
    ```

    text

    <!-- gradus:ledger  machine-written, do not edit by hand -->
    <details><summary>recorded series</summary>

    ```series a.1 sum=00000000
    "loss" 1
    steps 1..1
    f32 b64 \(loss)
    ```

    </details>

    """
  }

  private func merged(_ base: String, _ ours: String, _ theirs: String) -> (String, Bool) {
    let merge = NotebookMerge(
      base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
    return (String(decoding: merge.bytes, as: UTF8.self), merge.hasConflicts)
  }

  @Test func `changes in different places are both taken`() {
    let base = page("0.1")
    let ours = page("0.2")
    let theirs = base.replacing("text\n", with: "other text\n")
    let wanted = ours.replacing("text\n", with: "other text\n")
    #expect(merged(base, ours, theirs) == (wanted, false))
    #expect(merged(base, theirs, ours) == (wanted, false))
    #expect(merged(base, base, base) == (base, false))
    #expect(merged(base, base, theirs) == (theirs, false))
  }

  @Test func `a result changed on one side is taken, on both it is dropped`() {
    let base = page("0.1")
    let ours = page("0.1", shown: "4", loss: "AAAAQA==")
    let theirs = page("0.1", shown: "5", loss: "AABAQA==")
    #expect(merged(base, ours, base) == (ours, false))
    #expect(merged(base, base, theirs) == (theirs, false))
    let (both, hasConflicts) = merged(base, ours, theirs)
    #expect(!hasConflicts)
    #expect(!both.contains("```out") && !both.contains("```series"), "\(both)")
    #expect(both.contains("```gradus #a\nx + 1\n```\n\ntext\n"))
  }

  @Test func `code changed on both sides stands between conflict lines, seen as one cell`() {
    let (text, hasConflicts) = merged(page("0.1"), page("0.2"), page("0.3"))
    #expect(hasConflicts)
    let notebook = Notebook(Array(text.utf8))
    #expect(notebook.segments.count { $0.kind == .conflict } == 1)
    #expect(notebook.cells.map { notebook.id(of: $0) } == ["a"])
    #expect(notebook.bytes() == Array(text.utf8))
    #expect(text.contains("<<<<<<< ours\nlr = 0.2\n=======\nlr = 0.3\n>>>>>>> theirs\n"))
  }

  @Test func `a difference names code, parameters, results, last values and draws both curves`() {
    let two = "AACAPwAAAD8="
    let three = "AACAPwAAgD4="
    func wide(_ lr: String, _ loss: String, _ shown: String) -> Notebook {
      Notebook(
        Array(
          page(lr, shown: shown, loss: loss).replacing("\"loss\" 1", with: "\"loss\" 2")
            .replacing("1..1", with: "1..2").utf8))
    }
    let text = NotebookDifference.text(wide("0.1", two, "3"), wide("0.2", three, "4"))
    #expect(text.contains("cell #p\n  - lr = 0.1\n  + lr = 0.2\n"), "\(text)")
    #expect(text.contains("parameters\n  lr  0.1 → 0.2\n"))
    #expect(text.contains("shows something else: #a\n"))
    #expect(
      text.contains("last values    A     B   change\na.1 loss     0.5  0.25  -50.0 %\n"), "\(text)"
    )
    #expect(text.contains("A a.1") && text.contains("B a.1"))
    let same = wide("0.1", two, "3")
    #expect(NotebookDifference.text(same, same) == "")
    let shown = NotebookDifference.forGit(same)
    #expect(!shown.contains("b64") && shown.hasSuffix("\nlast values\na.1 loss  0.5\n"), "\(shown)")
  }

  @Test func `a page is one HTML file without script, and plain text`() {
    let source = """
      ---
      title: <A>
      ---
      # Head *it* `a<b` [x](javascript:alert) [y](https://e.org)

      - one
      - two

      <script>alert(1)</script>

      ```gradus #a hidden
      "<b>"
      ```
      ```out #a src=1 val=2
      ⣿⣿ <i>
      ```

      """
    let notebook = Notebook(Array(source.utf8))
    let html = HTMLPage.text(notebook)
    #expect(!html.contains("<script") && !html.contains("javascript:"))
    #expect(html.contains("<title>&lt;A&gt;</title>"))
    #expect(
      html.contains(
        "<h1>Head <em>it</em> <code>a&lt;b</code> x <a href=\"https://e.org\">y</a></h1>"))
    #expect(html.contains("<ul>\n<li>one</li>\n<li>two</li>\n</ul>"))
    #expect(html.contains("<svg ") && html.contains("&lt;i&gt;"))
    #expect(html.contains("prefers-color-scheme:dark"))
    #expect(
      PlainPage.text(notebook).hasPrefix("<A>\n\n# Head *it* `a<b`"), "\(PlainPage.text(notebook))")
    #expect(PlainPage.text(notebook).hasSuffix("  │ \"<b>\"\n\n    ⣿⣿ <i>\n"))
  }

  @Test func `what a reader of a lesson should find alone is folded in its page of HTML`() {
    let source = """
      ```predict #a
      1 + 1
      - 2 :: * Two.
      - 3 :: One too many.
      ```

      ```predict #b
      1 / 3
      number 0.05
      - 3 :: The other way round.
      ```

      ```solution #c
      secret
      ```

      ```
      as it is
      ```

      """
    let html = HTMLPage.text(Notebook(Array(source.utf8)))
    #expect(html.contains("<pre>1 + 1\n- 2\n- 3</pre>\n<details><summary>the answer</summary>"))
    #expect(html.contains("<pre>- 2 :: * Two.\n- 3 :: One too many.</pre>\n</details>"))
    #expect(html.contains("<pre>1 / 3</pre>\n<details>"))
    #expect(
      html.contains("<details><summary>one way to do it</summary>\n<pre>secret</pre>\n</details>"))
    #expect(html.contains("<pre>as it is</pre>"))
    // None of them is open, so that it takes a hand to see what is in them.
    #expect(!html.contains("<details open"))
  }

  @Test func `the files that a page names are listed`() {
    let source =
      "```gradus #a\nload(\"data/x.csv\"); save(m, 'out.safetensors'); \"3.5 b\"; \"v1.2\"\n```\n"
    #expect(Notebook(Array(source.utf8)).namedFiles == ["data/x.csv", "out.safetensors"])
  }
}
