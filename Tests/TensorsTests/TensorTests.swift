import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
  @Test func `shapes broadcast by NumPy's rules`() throws {
    let a = try tensor([1, 2, 3], [3, 1])
    let b = try tensor([10, 20], [2])
    #expect(try a.binary(.add, b).doubles == [11, 21, 12, 22, 13, 23])
    #expect(throws: TensorError.cannotBroadcast(operation: "+", left: [3], right: [2])) {
      try tensor([1, 2, 3], [3]).binary(.add, b)
    }
  }

  @Test func `kinds meet in the wider one, single numbers give way`() throws {
    let i = try Tensor([Int64(1), 2])
    let f = try Tensor([Float(1), 2])
    #expect(try i.binary(.add, f).dtype == .float32)
    #expect(try f.binary(.add, .number(1)).dtype == .float32)
    #expect(try i.binary(.add, .number(0.5)).dtype == .float32)
    #expect(try i.binary(.divide, i).dtype == .float32)
    #expect(try i.binary(.multiply, i).dtype == .int64)
  }

  @Test func `floor division and remainder go with the divisor's sign`() throws {
    let a = try Tensor([Int64(7), -7, 7, -7])
    let b = try Tensor([Int64(2), 2, -2, -2])
    #expect(try a.binary(.floorDivide, b).doubles == [3, -4, -4, 3])
    #expect(try a.binary(.remainder, b).doubles == [1, 1, -1, -1])
    #expect(throws: TensorError.self) { try a.binary(.floorDivide, Tensor.integer(0)) }
  }

  @Test func `sizes that overflow or do not fit are refused before anything is allocated`() {
    #expect(throws: TensorError.sizeOverflow([Int.max, 3])) { try Shape(checking: [Int.max, 3]) }
    #expect(throws: TensorError.negativeSize([-1])) { try Shape(checking: [-1]) }
    #expect(throws: TensorError.self) { try Tensor.zeros(Shape(checking: [1_000_000_000_000])) }
  }

  @Test func `reductions run over any axes`() throws {
    let x = try tensor((1...24).map(Double.init), [2, 3, 4])
    #expect(try x.reduce(.sum).item == 300)
    #expect(try x.reduce(.sum, axes: [0, 2]).doubles == [68, 100, 132])
    #expect(try x.reduce(.max, axes: [1], keepDims: true).dims == [2, 1, 4])
    #expect(try x.reduce(.mean, axes: [-1]).doubles == [2.5, 6.5, 10.5, 14.5, 18.5, 22.5])
    #expect(try x.arg(max: true, axis: 1).doubles == [2, 2, 2, 2, 2, 2, 2, 2])
    #expect(throws: TensorError.emptyReduction(operation: "max")) {
      try Tensor.zeros(Shape(checking: [0])).reduce(.max)
    }
  }

  @Test func `indices slice, choose, mask and widen`() throws {
    let x = try tensor((0..<12).map(Double.init), [3, 4])
    #expect(try x.indexed([.index(-1)]).doubles == [8, 9, 10, 11])
    #expect(try x.indexed([.range(nil, nil, 1), .range(1, 3, 1)]).doubles == [1, 2, 5, 6, 9, 10])
    #expect(try x.indexed([.range(nil, nil, -1), .index(0)]).doubles == [8, 4, 0])
    #expect(try x.indexed([.ellipsis, .index(1)]).doubles == [1, 5, 9])
    #expect(try x.indexed([.newAxis]).dims == [1, 3, 4])
    let mask = try x.compare(.greater, .number(8))
    #expect(try x.indexed([.gather(mask)]).doubles == [9, 10, 11])
    let rows = try Tensor([Int64(2), 0])
    #expect(try x.indexed([.gather(rows), .gather(rows)]).doubles == [10, 0])
    #expect(throws: TensorError.indexOutOfRange(index: 3, size: 3, axis: 0)) {
      try x.indexed([.index(3)])
    }
  }

  @Test func `assigning changes a copy`() throws {
    let x = try tensor([1, 2, 3], [3])
    let y = try x.assigning(.number(9), at: [.index(0)])
    #expect(x.doubles == [1, 2, 3])
    #expect(y.doubles == [9, 2, 3])
  }

  @Test func `convolution agrees with the definition`() throws {
    let x = try tensor((0..<25).map { Double($0 * $0 % 7) }, [1, 1, 5, 5])
    let w = try tensor([1, 2, 0, -1], [1, 1, 2, 2])
    var geometry = WindowGeometry()
    geometry.stride = (2, 1)
    let y = try Tensor.conv2d(x, w, geometry)
    #expect(y.dims == [1, 1, 2, 4])
    var want: [Double] = []
    for row in [0, 2] {
      for column in 0..<4 {
        let at = { (r: Int, c: Int) in x.double(at: (row + r) * 5 + column + c) }
        want.append(at(0, 0) + 2 * at(0, 1) - at(1, 1))
      }
    }
    expectClose(y.doubles, want)
  }

  @Test func `a short vector is one line, a table has a header`() throws {
    #expect(try tensor([0.5, -1, 2], [3]).text() == "[0.5, -1, 2]")
    #expect(
      try tensor([1, 2.5, 3, 4], [2, 2], .float32).text() == "f32 [2, 2]\n  1.0 2.5\n  3.0 4.0")
  }
}
