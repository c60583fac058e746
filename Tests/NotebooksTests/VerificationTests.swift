import FormatCheck
import Notebooks
import Tensors
import Testing

@Suite struct VerificationTests {
  private static let source = """
    ---
    seed: 3
    ---
    ```gradus #fit
    r = train(Linear(2, 4) >> tanh >> Linear(4, 2), moons(40), opt=Adam(0.05), epochs=2, batch=16)
    peek(r).steps
    set(r, lr=0.01)
    r.loss
    ```
    ```gradus #draw
    randn(3)
    [train(Linear(2, 2), moons(20), opt=SGD(lr), steps=3).loss for lr in [0.1, 0.2]]
    ```

    """

  private static let recorded: [UInt8] = {
    let session = Session(Notebook(Array(source.utf8)), folder: ".")
    session.runAll()
    return session.written().bytes()
  }()

  @Test func `honest replays never differ, and have one certificate, on one to four threads`() {
    defer { Workers.count = 2 }
    var certificates: Set<String> = []
    for threads in 1...4 {
      Workers.count = threads
      let report = Verification(Notebook(Self.recorded), folder: ".")
      #expect(report.differences == [])
      #expect(report.runs == 3)
      certificates.insert(report.certificate)
    }
    #expect(certificates.count == 1)
  }

  @Test func `every single digit that is edited in an output or a series is found`() {
    var edits = DigitEdits(Self.recorded, seed: 1)
    for _ in 0..<40 {
      let (bytes, line) = edits.next()
      let found = Verification(Notebook(bytes), folder: ".").differences
      #expect(!found.isEmpty, "\(line)")
    }
  }

  @Test func `a tolerance lets pass what lies within it`() throws {
    let text = String(decoding: Self.recorded, as: UTF8.self)
    let ledger = Ledger(Notebook(Self.recorded).ledger ?? "")
    var changed = ledger
    let value = ledger.entries[0].series[0].values[2]
    changed.entries[0].series[0].values[2] = Float(bitPattern: value.bitPattern + 3)
    let edited = Notebook(
      Array(text.replacing(ledger.text ?? "", with: changed.text ?? "").utf8))
    func found(_ tolerance: Int) -> [String] {
      Verification(edited, folder: ".", tolerance: tolerance).differences
    }
    let exact = try #require(found(0).first)
    #expect(exact.contains("run fit.1: loss first differs at step 3: recorded"))
    #expect(exact.contains("(3 ulp, relative "))
    #expect(found(2).count == 1)
    #expect(found(3) == [])
  }
}
