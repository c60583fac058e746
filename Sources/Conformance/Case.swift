import Autograd
import Formats
import Tensors

/// One case: a call, the results it should give, and the gradients for given cotangents.
struct Case {
  let name: String
  let number: Int
  let isModule: Bool
  private let line: JSON

  init(_ line: JSON) throws {
    self.line = line
    isModule = line["module"] != nil
    guard let name = (line["op"] ?? line["module"])?.text, let number = line["i"]?.integer else {
      throw FormatError.malformed(format: "case", reason: "needs op or module, and i")
    }
    (self.name, self.number) = (name, number)
  }

  func verdict(_ store: Safetensors, _ tolerance: Tolerance) -> Verdict {
    do {
      return try compared(store, tolerance)
    } catch let error as Unsupported {
      return .unsupported(error.reason)
    } catch let error as FormatError {
      return .unsupported(error.message)
    } catch {
      var verdict = Verdict()
      verdict.fail((error as? TensorError)?.message ?? "\(error)")
      return verdict
    }
  }

  private func compared(_ store: Safetensors, _ tolerance: Tolerance) throws -> Verdict {
    let adapter = try Adapters.named(name, isModule: isModule)
    var reader = ArgumentReader(store: store)
    var positional: [Given] = []
    var named: [(name: String, value: Given)] = []
    var state: [(name: String, value: Given)] = []
    if isModule {
      state = try reader.fields(line["state"])
    } else {
      positional.append(try reader.value(line["in"], path: "0"))
    }
    for (i, item) in (line["args"]?.list ?? []).enumerated() {
      positional.append(try reader.value(item, path: "\(isModule ? i : i + 1)"))
    }
    named = try reader.fields(line["kw"])
    let leaves = reader.leaves
    // A constructor's tensors are buffers.
    var constants = ArgumentReader(store: store, notes: false)
    var settings: [Given] = []
    for item in line["ctor"]?.list ?? [] { settings.append(try constants.value(item, path: "")) }
    let call = Call(
      name: name, positional: positional, named: named, state: state, settings: settings,
      namedSettings: try constants.fields(line["ctorkw"]),
      isTraining: line["training"]?.boolean ?? false)
    let expected = try tensors(line["out"], store)
    let cotangents = try tensors(line["cot"], store).compactMap { $0 }

    func run(_ bound: [Variable]) throws -> [Variable] {
      call.leaves = bound
      let results = try adapter(call)
      try call.checkAllUsed()
      return results
    }
    var verdict = Verdict()
    func check(_ results: [Variable]) {
      guard results.count == expected.count else {
        return verdict.fail("\(results.count) results, not \(expected.count)")
      }
      for (i, (got, want)) in zip(results, expected).enumerated() {
        if let want { verdict.compare(got.value, want, "result \(i)", tolerance) }
      }
    }
    guard line["grad"] != nil, !cotangents.isEmpty else {
      check(try run(leaves.map { Variable($0.tensor) }))
      return verdict
    }
    let (_, results, gradients) = try Gradients.of(leaves.map { Variable($0.tensor) }) {
      bound -> (Variable, [Variable]) in
      let results = try run(bound)
      var total = try Variable.number(0)
      var at = 0
      // Where there are fewer cotangents, they belong to the results that can be differentiated.
      let isEach = expected.count { $0?.dtype.isFloat == true } == cotangents.count
      for (result, want) in zip(results, expected)
      where (isEach || result.isTraced) && at < cotangents.count && want?.dtype.isFloat == true
        && want?.dims == cotangents[at].dims && result.dims == cotangents[at].dims
      {
        total = try total + (result * Variable(cotangents[at])).sum()
        at += 1
      }
      return (total, results)
    }
    check(results)
    if verdict.status == .pass {
      try checkGradients(gradients, leaves, store, tolerance, &verdict)
    }
    return verdict
  }

  /// The expected gradients belong to leaves in order, but some leaves have none: buffers, targets.
  private func checkGradients(
    _ gradients: [Variable], _ leaves: [ArgumentReader.Leaf], _ store: Safetensors,
    _ tolerance: Tolerance, _ verdict: inout Verdict
  ) throws {
    let wanted = try tensors(line["grad"], store)
    let constant =
      Adapters.constants[name] ?? (name.hasSuffix("Loss") ? ["weight", "pos_weight"] : [])
    var at = 0
    for (i, want) in wanted.enumerated() {
      guard let want else {
        at += 1
        continue
      }
      while at < leaves.count,
        constant.contains(leaves[at].path) || leaves[at].tensor.dims != want.dims
      { at += 1 }
      guard at < leaves.count else { return verdict.fail("no argument for gradient \(i)") }
      verdict.compare(gradients[at].value, want, "gradient \(i)", tolerance)
      at += 1
    }
  }

  private func tensors(_ list: JSON?, _ store: Safetensors) throws -> [Tensor?] {
    try (list?.list ?? []).map { item in
      guard let key = item["t"]?.text else {
        if item == .null { return nil }
        throw Unsupported("results that are not tensors")
      }
      return try store.tensor(key)
    }
  }
}
