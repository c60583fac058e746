import Glibc
import Tensors

/// Numbers of shape [batch, heads, positions, width].
private struct Heads {
  let batch: Int
  let heads: Int
  let length: Int
  let width: Int
  let values: [Double]

  /// Reads [batch, heads, positions, width], or [batch, positions, heads * width].
  init(_ x: Operand, heads given: Int?) throws {
    var x = x
    if x.rank == 3 {
      guard let given, given > 0, x.dims[2] % given == 0 else {
        throw GraphError.invalid("\(x.dims) does not split into \(given ?? 0) heads")
      }
      x = try x.reshaped([x.dims[0], x.dims[1], given, x.dims[2] / given])
        .transposed([0, 2, 1, 3])
    }
    guard x.rank == 4 else { throw GraphError.invalid("\(x.dims) where heads are needed") }
    (batch, heads, length, width) = (x.dims[0], x.dims[1], x.dims[2], x.dims[3])
    values = try x.reals()
  }

  var dims: [Int] { [batch, heads, length, width] }

  init(_ values: [Double], _ dims: [Int]) {
    (batch, heads, length, width) = (dims[0], dims[1], dims[2], dims[3])
    self.values = values
  }

  /// Earlier positions before these ones.
  func following(_ past: Heads?) throws -> Heads {
    guard let past else { return self }
    guard past.batch == batch, past.heads == heads, past.width == width else {
      throw GraphError.invalid("\(past.dims) does not come before \(dims)")
    }
    var joined: [Double] = []
    for plane in 0..<batch * heads {
      joined += past.values[plane * past.length * width..<(plane + 1) * past.length * width]
      joined += values[plane * length * width..<(plane + 1) * length * width]
    }
    return Heads(joined, [batch, heads, past.length + length, width])
  }

  /// Row `position` of a plane.
  func row(_ batch: Int, _ head: Int, _ position: Int) -> ArraySlice<Double> {
    let start = ((batch * heads + head) * length + position) * width
    return values[start..<start + width]
  }
}

/// Attention with everything that its operator can ask for.
private struct AttentionPlan {
  let queries: Heads
  let keys: Heads
  let contents: Heads
  let past: Int
  let scale: Double
  let softcap: Double
  let isCausal: Bool
  let left: Int
  let right: Int
  /// Added to the scores; shorter than the keys when the rest is to be left out.
  let mask: (values: [Double], dims: [Int])?
  let known: [Int]?

  init(_ call: NodeCall) throws {
    let (q, k, v) = (try call.operand(0), try call.operand(1), try call.operand(2))
    let heads = call.integer("q_num_heads")
    let shared = call.integer("kv_num_heads")
    queries = try Heads(q, heads: heads)
    let pastKeys = try call.optional(4).map { try Heads($0, heads: shared) }
    let pastContents = try call.optional(5).map { try Heads($0, heads: shared) }
    keys = try Heads(k, heads: shared).following(pastKeys)
    contents = try Heads(v, heads: shared).following(pastContents)
    past = pastKeys?.length ?? 0
    scale = call.real("scale", 1 / Double(queries.width).squareRoot())
    softcap = call.real("softcap", 0)
    isCausal = call.flag("is_causal")
    left = call.integer("left_window_size", -1)
    right = call.integer("right_window_size", -1)
    let batch = queries.batch
    let known = try call.optional(6)?.integers()
    self.known = known
    guard keys.heads > 0, queries.heads % keys.heads == 0, keys.width == queries.width,
      keys.length == contents.length, keys.batch == queries.batch,
      contents.batch == queries.batch, contents.heads == keys.heads,
      known == nil || known?.count == batch,
      known?.allSatisfy({ $0 >= 0 && $0 < 1 << 40 }) ?? true
    else {
      throw GraphError.invalid(
        "queries \(queries.dims), keys \(keys.dims) and values \(contents.dims) do not fit")
    }
    let given = try call.optional(3)
    mask = try given.map { mask in
      let values =
        mask.type == .bool ? try mask.flags().map { $0 ? 0 : -Double.infinity } : try mask.reals()
      let dims = [Int](repeating: 1, count: max(0, 4 - mask.rank)) + mask.dims
      return (values, dims)
    }
    if let mask {
      let target = [queries.batch, queries.heads, queries.length]
      guard mask.dims.count == 4, mask.dims[3] <= keys.length,
        zip(mask.dims, target).allSatisfy({ $0 == $1 || $0 == 1 })
      else { throw GraphError.invalid("a mask of \(mask.dims) for \(target) by \(keys.length)") }
    }
  }

  /// What is added to the score of a key, minus infinity to leave it out.
  func bias(_ b: Int, _ h: Int, _ i: Int, _ j: Int) -> Double {
    var bias = 0.0
    if let (values, dims) = mask {
      if dims[3] == 1, keys.length != 1 {
        bias =
          values[
            ((min(b, dims[0] - 1) * dims[1] + min(h, dims[1] - 1)) * dims[2]
              + min(i, dims[2] - 1))]
      } else if j >= dims[3] {
        return -.infinity
      } else {
        let row = (min(b, dims[0] - 1) * dims[1] + min(h, dims[1] - 1)) * dims[2]
        bias = values[(row + min(i, dims[2] - 1)) * dims[3] + j]
      }
    }
    let offset = known.map { $0[b] - queries.length } ?? past
    let place = i + offset
    if isCausal, j > place { return -.infinity }
    if left >= 0, place - j > left { return -.infinity }
    if right >= 0, j - place > right { return -.infinity }
    if let known, j >= known[b] { return -.infinity }
    return bias
  }

  /// The results, and the scores at the stage that is asked for.
  func run(stage: Int) throws -> (output: Heads, scores: [Double]) {
    let group = queries.heads / keys.heads
    let dims = [queries.batch, queries.heads, queries.length, contents.width]
    var output: [Double] = []
    output.reserveCapacity(try places(dims))
    var kept: [Double] = []
    _ = try places([queries.batch, queries.heads, queries.length, keys.length])
    for b in 0..<queries.batch {
      for h in 0..<queries.heads {
        for i in 0..<queries.length {
          let query = queries.row(b, h, i)
          var scores: [Double] = []
          var isBlind = true
          for j in 0..<keys.length {
            let key = keys.row(b, h / group, j)
            var score = zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } * scale
            if stage == 0 { kept.append(score) }
            if softcap > 0 { score = softcap * tanh(score / softcap) }
            if stage == 1 { kept.append(score) }
            let bias = bias(b, h, i, j)
            if bias != -.infinity { isBlind = false }
            score += bias
            if stage == 2 { kept.append(score) }
            scores.append(score)
          }
          // A query that may see nothing answers with zeros.
          let weights =
            isBlind ? scores.map { _ in 0 } : GraphOperators.softmax(scores[...])
          if stage == 3 { kept += weights }
          var sum = [Double](repeating: 0, count: contents.width)
          for j in 0..<keys.length where weights[j] != 0 {
            let content = contents.row(b, h / group, j)
            for (k, value) in content.enumerated() { sum[k] += weights[j] * value }
          }
          output += sum
        }
      }
    }
    return (Heads(output, dims), kept)
  }
}

extension GraphOperators {
  private static func attention(_ call: NodeCall) throws -> [GraphValue] {
    let q = try call.operand(0)
    let plan = try AttentionPlan(call)
    let stage = call.integer("qk_matmul_output_mode", 0)
    let (output, scores) = try plan.run(stage: call.wants(3) ? stage : -1)
    var result = try Operand(reals: output.values, output.dims, q.type)
    if q.rank == 3 {
      result = try result.transposed([0, 2, 1, 3])
        .reshaped([output.batch, output.length, output.heads * output.width])
    }
    let (kType, vType) = (try call.operand(1).type, try call.operand(2).type)
    var values: [GraphValue] = [
      .tensor(result), .tensor(try Operand(reals: plan.keys.values, plan.keys.dims, kType)),
      .tensor(try Operand(reals: plan.contents.values, plan.contents.dims, vType)),
    ]
    if call.wants(3) {
      let dims = [output.batch, output.heads, output.length, plan.keys.length]
      values.append(.tensor(try Operand(reals: scores, dims, q.type)))
    }
    return values
  }

  /// Attention whose scores and weights pass through bodies given by the model.
  private static func flexAttention(_ call: NodeCall) throws -> Operand {
    let (q, k, v) = (try call.operand(0), try call.operand(1), try call.operand(2))
    guard q.rank == 4, k.rank == 4, v.rank == 4, k.dims[1] > 0, q.dims[1] % k.dims[1] == 0 else {
      throw GraphError.invalid("queries \(q.dims) and keys \(k.dims) do not fit")
    }
    let group = q.dims[1] / k.dims[1]
    func spread(_ x: Operand) throws -> Operand {
      var dims = x.dims
      dims.insert(group, at: 2)
      let lifted = try x.reshaped([x.dims[0], x.dims[1], 1, x.dims[2], x.dims[3]])
      return try lifted.stretched(to: dims).reshaped(
        [x.dims[0], x.dims[1] * group, x.dims[2], x.dims[3]])
    }
    let precision: ElementType = q.type == .float64 ? .float64 : .float32
    let scale = call.real("scale", 1 / Double(max(1, q.dims[3])).squareRoot())
    let product = try Products.matmul(q, spread(k).transposed([0, 1, 3, 2]), precision)
    var scores = try Operand(reals: product.reals().map { $0 * scale }, product.dims, precision)
    func modified(_ x: Operand, _ name: String) throws -> Operand {
      guard let body = call.node.attributes[name]?.graph else { return x }
      guard
        case .tensor(let result)? = try call.runner.run(body: body, [.tensor(x)], call.names)
          .first
      else { throw GraphError.invalid("the body `\(name)` does not give a tensor") }
      return result
    }
    scores = try modified(scores, "score_mod")
    var weights = try mapped(scores, axis: 3) { softmax($0) }
    weights = try modified(weights, "prob_mod")
    return try Products.matmul(weights.converted(to: q.type), spread(v), q.type)
  }

  /// Turns pairs of numbers by angles that grow with the position.
  private static func rotary(_ call: NodeCall) throws -> Operand {
    let x = try call.operand(0)
    let (cosines, sines) = (try call.operand(1), try call.operand(2))
    let heads = Int(call.integer("num_heads", 0))
    let isFlat = x.rank == 3
    guard isFlat ? heads > 0 && x.dims[2] % heads == 0 : x.rank == 4 else {
      throw GraphError.invalid("\(x.dims) in \(heads) heads")
    }
    // [batch, positions, heads, width]
    let lined =
      isFlat
      ? try x.reshaped([x.dims[0], x.dims[1], heads, x.dims[2] / heads])
      : try x.transposed([0, 2, 1, 3])
    let width = lined.dims[3]
    let asked = call.integer("rotary_embedding_dim", 0)
    let turned = asked == 0 ? width : asked
    let half = turned / 2
    let isMixed = call.flag("interleaved")
    let positions = try call.optional(3)?.integers()
    let (batch, length) = (lined.dims[0], lined.dims[1])
    let (c, s) = (try cosines.reals(), try sines.reals())
    let rows = cosines.dims.dropLast().reduce(1, *)
    guard turned <= width, turned % 2 == 0, cosines.dims == sines.dims, cosines.dims.last == half,
      positions.map({ $0.count == batch * length }) ?? (rows == batch * length)
    else { throw GraphError.invalid("angles \(cosines.dims) for \(x.dims)") }
    var values = try lined.reals()
    for b in 0..<batch {
      for p in 0..<length {
        let row = try positions.map { try index($0[b * length + p], rows) } ?? b * length + p
        for h in 0..<lined.dims[2] {
          let start = ((b * length + p) * lined.dims[2] + h) * width
          for i in 0..<half {
            let (one, two) =
              isMixed ? (start + 2 * i, start + 2 * i + 1) : (start + i, start + half + i)
            let (cosine, sine) = (c[row * half + i], s[row * half + i])
            let (a, z) = (values[one], values[two])
            values[one] = cosine * a - sine * z
            values[two] = sine * a + cosine * z
          }
        }
      }
    }
    let result = try Operand(reals: values, lined.dims, x.type)
    return isFlat ? try result.reshaped(x.dims) : try result.transposed([0, 2, 1, 3])
  }

  static let attentions: [GraphOperator] = [
    GraphOperator(many: "Attention", attention),
    GraphOperator("FlexAttention", domain: "ai.onnx.preview", flexAttention),
    GraphOperator("FlexAttention", flexAttention),
    GraphOperator("RotaryEmbedding", rotary),
    GraphOperator(many: "LinearAttention", LinearAttention.run),
  ]
}
