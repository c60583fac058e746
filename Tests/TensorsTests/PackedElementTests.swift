import Tensors
import TestSupport
import Testing

/// Floats of sixteen bits and whole numbers of eight, against their definitions and Swift's `Float16`.
@Suite struct PackedElementTests {
  private let patterns = (0..<65_536).map { UInt16($0) }

  @Test func `all patterns of f16 are the numbers of IEEE 754, and come back with their bits`()
    throws
  {
    let packed = try Tensor(patterns.map { Half(bits: $0) })
    let wide = try packed.cast(.float32).array(of: Float.self)
    var wrong: [UInt16] = []
    for (pattern, x) in zip(patterns, wide) {
      let known = Float(Float16(bitPattern: pattern))
      if known.isNaN ? !x.isNaN : known.bitPattern != x.bitPattern { wrong.append(pattern) }
    }
    #expect(wrong == [])
    let back = try packed.cast(.float32).cast(.float16).array(of: Half.self).map(\.bits)
    let changed = zip(patterns, back).filter { $0 != $1 }.map(\.0)
    // Only NaN that signal do: they become quiet.
    #expect(changed.allSatisfy { $0 & 0x7FFF > 0x7C00 && $0 & 0x0200 == 0 })
    #expect(zip(patterns, back).allSatisfy { ($0 & 0x7FFF > 0x7C00) == ($1 & 0x7FFF > 0x7C00) })
  }

  @Test func `numbers between two of f16 go to the nearer, from the middle to the even one`() throws
  {
    let steps = (0..<0x7C00).map { UInt16($0) }
    func value(_ pattern: UInt16) -> Double {
      pattern == 0x7C00 ? 65_536 : Double(Float16(bitPattern: pattern))
    }
    let middles = steps.map { (value($0) + value($0 + 1)) / 2 }
    for sign in [1.0, -1] {
      let minus: UInt16 = sign < 0 ? 0x8000 : 0
      func bits<E: TensorElement>(_ values: [E]) throws -> [UInt16] {
        try Tensor(values).cast(.float16).array(of: Half.self).map(\.bits)
      }
      let even = steps.map { ($0 + ($0 & 1)) | minus }
      let (below, above) = (steps.map { $0 | minus }, steps.map { ($0 + 1) | minus })
      #expect(try bits(middles.map { Float(sign * $0) }) == even)
      #expect(try bits(middles.map { Float(sign) * Float($0).nextDown }) == below)
      #expect(try bits(middles.map { Float(sign) * Float($0).nextUp }) == above)
      // In double precision the neighbours of the middle are closer than f32 can tell.
      #expect(try bits(middles.map { sign * $0 }) == even)
      #expect(try bits(middles.map { sign * $0.nextDown }) == below)
      #expect(try bits(middles.map { sign * $0.nextUp }) == above)
    }
    let ends: [Double] = [.infinity, -.infinity, 1e300, -1e300, 1e-300, 0, -0.0]
    #expect(
      try Tensor(ends).cast(.float16).array(of: Half.self).map(\.bits)
        == [0x7C00, 0xFC00, 0x7C00, 0xFC00, 0, 0, 0x8000])
  }

  @Test func `bf16 is the upper half of f32, rounded to the nearest`() throws {
    let packed = try Tensor(patterns.map { BrainFloat(bits: $0) })
    let wide = try packed.cast(.float32)
    let bits = wide.withBytes { Array($0.bindMemory(to: UInt32.self)) }
    #expect(bits == patterns.map { UInt32($0) << 16 })
    let finite = patterns.filter { $0 & 0x7FFF < 0x7F80 }
    func rounded(_ low: UInt32) throws -> [UInt16] {
      let x = try Tensor(finite.map { Float(bitPattern: UInt32($0) << 16 | low) })
      return try x.cast(.bfloat16).array(of: BrainFloat.self).map(\.bits)
    }
    #expect(try rounded(0) == finite)
    #expect(try rounded(0x7FFF) == finite)
    #expect(try rounded(0x8000) == finite.map { $0 + ($0 & 1) })
    #expect(try rounded(0x8001) == finite.map { $0 + 1 })
    let nan = try Tensor([Float(bitPattern: 0x7F80_0001), -Float.nan]).cast(.bfloat16)
    #expect(nan.doubles.allSatisfy { $0.isNaN })
    // 1 + 2^-8 is a tie; a double beyond it by less than f32 can tell is not.
    let near = try tensor([1 + 0x1p-8, 1 + 0x1p-8 + 0x1p-50], [2]).cast(.bfloat16)
    #expect(near.doubles == [1, 1 + 0x1p-7])
  }

  @Test func `whole numbers round once on their way to sixteen bits`() throws {
    let tie: Int64 = 1 << 62 + 1 << 54
    let x = try Tensor([tie, tie + 1, -tie, -tie - 1, 65_519, 65_520])
    #expect(
      try x.cast(.bfloat16).doubles
        == [0x1p62, 0x1p62 + 0x1p55, -0x1p62, -0x1p62 - 0x1p55, 65_536, 65_536])
    #expect(
      try x.cast(.float16).doubles
        == [.infinity, .infinity, -.infinity, -.infinity, 65_504, .infinity])
  }

  @Test func `conversions give the same bits at any length`() throws {
    var stream = RandomStream(seed: 1)
    let x = try stream.normal(Shape(checking: [100]))
    let whole = try x.cast(.float16).array(of: Half.self)
    for count in 0..<40 {
      let part = try x.indexed([.range(3, 3 + count, 1)]).cast(.float16).array(of: Half.self)
      #expect(part == Array(whole[3..<3 + count]))
    }
  }

  @Test func `a number that i8 does not hold is refused by its name`() throws {
    #expect(try tensor([-128.9, 127.9, 0.5, -0.5], [4]).cast(.int8).doubles == [-128, 127, 0, 0])
    for value in [128, -129, .infinity, .nan] {
      #expect {
        try tensor([1, value], [2]).cast(.int8)
      } throws: { error in
        (error as? TensorError)?.message
          == "i8: \(shortNumber(value)) does not fit, it holds -128 to 127"
      }
    }
  }

  @Test(arguments: [
    (DType.int8, 1), (.bool, 1), (.float16, 2), (.bfloat16, 2), (.float32, 4), (.int64, 8),
  ])
  func `an element takes as many bytes as its kind says, counted`(_ kind: DType, _ size: Int) throws
  {
    let bytes = try MemoryBudget.peak { _ = try Tensor.zeros(Shape(checking: [64, 1024]), kind) }
    #expect(bytes == size << 16)
  }

  @Test(arguments: DType.allCases)
  func `what moves elements keeps their kind and bits`(_ kind: DType) throws {
    let x = try tensor([0, 1, 1, 0, 1, 0], [2, 3], kind)
    #expect(try x.transposed([1, 0]).doubles == [0, 0, 1, 1, 1, 0])
    #expect(try x.indexed([.ellipsis, .index(1)]).doubles == [1, 1])
    #expect(try Tensor.concat([x, x], axis: 1).doubles == [0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0])
    #expect(try x.picked(Tensor([Int64(5), 4, -1])).doubles == [0, 1, 0])
    let mask = try tensor([1, 1, 0], [3], .bool)
    let chosen = try Tensor.where(mask, x, x.taking([1, 0]))
    #expect(chosen.doubles == [0, 1, 0, 0, 1, 1])
    for moved in try [
      x.transposed([1, 0]), x.indexed([.ellipsis, .index(1)]), Tensor.concat([x, x], axis: 0),
      x.picked(Tensor([Int64(5)])), chosen, x.broadcast(to: Shape(checking: [4, 2, 3])),
      x.assigning(x, at: [.ellipsis]), x.repeated(2, axis: 0),
    ] {
      #expect(moved.dtype == kind)
    }
  }

  @Test func `two kinds meet in one that holds both`() {
    let pairs: [(DType, DType, DType)] = [
      (.float16, .float16, .float16), (.float16, .bfloat16, .float32),
      (.bfloat16, .float32, .float32),
      (.int8, .float16, .float16), (.int8, .int64, .int64), (.bool, .int8, .int8),
      (.float16, .float64, .float64), (.int64, .bfloat16, .bfloat16),
    ]
    for (a, b, joined) in pairs {
      #expect(a.joined(b) == joined)
      #expect(b.joined(a) == joined)
    }
  }
}
