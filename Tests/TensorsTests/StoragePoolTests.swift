import Testing

@testable import Tensors

@Suite struct StoragePoolTests {
  @Test func `steps find their memory again beside states that are kept`() throws {
    let pool = StoragePool()
    var kept: [Tensor] = []
    var last: [Tensor] = []
    func step(_ number: Int) throws {
      try pool.use {
        var new: [Tensor] = []
        for _ in 0..<6 { new.append(try Tensor.zeros(Shape(checking: [64]), .float32)) }
        last = new
      }
      if number % 16 == 0 { kept += last }
    }
    for number in 0..<1000 { try step(number) }
    // What the steps hold, and what is kept of them.
    let one = 6 * 64 * 4
    #expect(pool.byteCount <= one * (kept.count / 6 + 24))
    // What is let go serves again.
    let taken = pool.byteCount
    kept.removeLast(kept.count / 2)
    for number in 1001..<1300 { try step(number) }
    #expect(pool.byteCount <= taken + one * 8)
  }
}
