import Autograd
import Tensors
import TestSupport
import Testing

@Suite struct GradientsTests {
  private func derivative(
    _ order: Int, _ f: @escaping (Variable) throws -> Variable
  ) -> (Variable) throws -> Variable {
    if order == 0 { return f }
    let inner = derivative(order - 1, f)
    return { x in try Gradients.of([x]) { try inner($0[0]) }.gradients[0] }
  }

  @Test(arguments: [(0, 16.0), (1, 32), (2, 48), (3, 48), (4, 24), (5, 0)])
  func `derivatives of x^4 at 2 nest to any order`(order: Int, expected: Double) throws {
    let f = derivative(order) { x in try x * x * x * x }
    #expect(try f(.number(2)).value.item == expected)
  }

  @Test func `an inner gradient sees the outer variable as a constant that varies`() throws {
    // d/dx [ d/dy (x y^2) at y = x ] = d/dx [ 2 x y ] with y = x inside: 4 x
    let (_, outer) = try Gradients.of([.number(3)]) { x in
      try Gradients.of([x[0]]) { y in try x[0] * y[0] * y[0] }.gradients[0]
    }
    #expect(outer[0].value.item == 12)
  }

  @Test func `a body that throws leaves nothing open`() throws {
    #expect(throws: TensorError.self) {
      try Gradients.of([Variable(tensor([1, 2], [2]))]) { x in
        try x[0] + Variable(tensor([1, 2, 3], [3]))
      }
    }
    let (_, g) = try Gradients.of([.number(3)]) { try $0[0] * $0[0] }
    #expect(g[0].value.item == 6)
    #expect(!g[0].isTraced)
  }

  @Test func `a result of several numbers is refused`() throws {
    #expect(throws: AutogradError.notOneNumber(shape: [2])) {
      try Gradients.of([Variable(tensor([1, 2], [2]))]) { $0[0] }
    }
  }

  @Test func `an input that is not used has gradient zero`() throws {
    let (_, g) = try Gradients.of([.number(3), Variable(tensor([1, 2], [2]))]) { try $0[0] * 2 }
    #expect(g[1].value.doubles == [0, 0])
  }

  @Test func `integers become floats and broadcasting is summed back`() throws {
    let x = Variable(try tensor([1, 2], [2]).cast(.int64))
    let (value, g) = try Gradients.of([x]) { x in
      try (x[0] * Variable(tensor([1, 2, 3, 4], [2, 2], .float32))).sum()
    }
    #expect(value.value.item == 16)
    #expect(g[0].dtype == .float32)
    #expect(g[0].value.doubles == [4, 6])
  }

  @Test func `a chain of 200,000 operations is walked and freed without recursion`() throws {
    let (_, g) = try Gradients.of([.number(1)]) { x in
      var y = x[0]
      for _ in 0..<200_000 { y = try y + 1e-9 }
      return y
    }
    #expect(g[0].value.item == 1)
  }

  @Test func `indexing and assigning send gradients where the values went`() throws {
    let x = Variable(try tensor([1, 2, 3, 4], [2, 2]))
    let (_, g) = try Gradients.of([x, .number(5)]) { v in
      let changed = try v[0].assigning(v[1], at: [.index(0), .range(nil, nil, 1)])
      return try (changed * Variable(tensor([1, 10, 100, 1000], [2, 2]))).sum()
    }
    #expect(g[0].value.doubles == [0, 0, 100, 1000])
    #expect(g[1].value.doubles == [11])
    let (_, rows) = try Gradients.of([x]) { v in
      try v[0].indexed([.gather(Tensor([Int64(1), 1, 0]))]).sum()
    }
    #expect(rows[0].value.doubles == [1, 1, 2, 2])
  }
}
