import Autograd
import Language
import Tensors
import Vocabulary

extension StandardLibrary {
  static let placeWords: [Builtin] = [
    Builtin(
      Entry(
        "nonzero", family: "Reduce", [Argument("mask", .tensor, "Any shape.")],
        summary: "The places of all elements that are true or not 0, one row for each.",
        examples: [Example("nonzero([0, 5, 0, 7])[:, 0]", prints: "[1, 3]")])
    ) { call, _ in
      let x = try call.tensor("mask")
      let values = x.array(of: Double.self)
      let count = values.count { $0 != 0 }
      let (numbers, overflow) = count.multipliedReportingOverflow(by: 8 * max(1, x.rank))
      try MemoryBudget.check(overflow ? .max : numbers)
      var places: [Int64] = []
      places.reserveCapacity(count * x.rank)
      var place = [Int64](repeating: 0, count: x.rank)
      for value in values {
        if value != 0 { places += place }
        var axis = x.rank - 1
        while axis >= 0 {
          place[axis] += 1
          if place[axis] < Int64(x.dims[axis]) { break }
          place[axis] = 0
          axis -= 1
        }
      }
      return .tensor(Variable(try Tensor(places, shape: Shape(checking: [count, x.rank]))))
    }
  ]
}
