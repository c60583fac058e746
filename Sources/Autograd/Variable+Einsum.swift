import Tensors

extension Variable {
  /// Einstein's sum: axes with one letter run together, letters missing after the arrow are summed.
  package static func einsum(_ equation: String, _ xs: [Variable]) throws -> Variable {
    func wrong(_ reason: String) -> TensorError {
      .invalid(operation: "einsum", reason: reason, hint: "einsum(\"ij,jk->ik\", [a, b])")
    }
    let text = equation.filter { $0 != " " }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false).map {
      $0.hasPrefix(">") ? String($0.dropFirst()) : String($0)
    }
    let parts = halves[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == xs.count, halves.count <= 2 else {
      throw wrong("\"\(equation)\" is for \(parts.count) tensors, there are \(xs.count)")
    }
    // Axes under ... get capital digits' places: names that no letter has, counted from the last.
    func labels(_ part: String, _ rank: Int) throws -> [String] {
      let pieces = part.components(at: "...")
      let letters = pieces.joined().map(String.init)
      guard letters.allSatisfy({ $0.first?.isLetter == true }), pieces.count <= 2 else {
        throw wrong("\"\(part)\" should be letters and at most one ...")
      }
      let hidden = rank - letters.count
      guard pieces.count == 2 ? hidden >= 0 : hidden == 0 else {
        throw wrong("\"\(part)\" does not name the \(rank) axes")
      }
      if pieces.count == 1 { return letters }
      let middle = (0..<hidden).map { "#\(hidden - 1 - $0)" }
      return pieces[0].map(String.init) + middle + pieces[1].map(String.init)
    }
    var sizes: [String: Int] = [:]
    var order: [String] = []
    var operands: [(x: Variable, labels: [String])] = []
    for (part, given) in zip(parts, xs) {
      var x = given
      var names = try labels(part, x.rank)
      // A letter twice in one tensor takes its diagonal.
      while let again = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
        let first = names.firstIndex(of: names[again]) ?? 0
        guard x.dims[first] == x.dims[again] else { throw wrong("\(names[again]) has two sizes") }
        let name = names[again]
        x = try x.movedToEnd([first, again]).diagonal(0)
        names.remove(at: again)
        names.remove(at: first)
        names.append(name)
      }
      for (name, size) in zip(names, x.dims) {
        if let known = sizes[name], known != size, known != 1, size != 1 {
          throw wrong("\(name) is \(known) and \(size)")
        }
        if sizes[name] == nil { order.append(name) }
        sizes[name] = Swift.max(sizes[name] ?? 1, size == 0 ? 0 : size)
        if size == 0 { sizes[name] = 0 }
      }
      operands.append((x, names))
    }
    let hidden = order.filter { $0.hasPrefix("#") }.sorted {
      $0.count == $1.count ? $0 > $1 : $0.count > $1.count
    }
    let out: [String]
    if halves.count == 2 {
      let pieces = halves[1].components(at: "...")
      out =
        pieces[0].map(String.init) + (pieces.count > 1 ? hidden + pieces[1].map(String.init) : [])
    } else {
      let once = order.filter { name in
        !name.hasPrefix("#") && parts.joined().filter { String($0) == name }.count == 1
      }
      out = hidden + once.sorted()
    }
    guard Set(out).count == out.count, out.allSatisfy({ sizes[$0] != nil }) else {
      throw wrong("the letters after the arrow should be some of those before it, once each")
    }
    // One after the other; a letter is summed as soon as nothing else needs it.
    var (result, names) = operands[0]
    for (i, (next, theirs)) in operands.enumerated().dropFirst() {
      let later = Set(operands[(i + 1)...].flatMap(\.labels) + out)
      (result, names) = try contracted(result, names, next, theirs, later)
    }
    let lost = names.indices.filter { !out.contains(names[$0]) }
    if !lost.isEmpty {
      result = try result.sum(axes: lost)
      names = names.filter { out.contains($0) }
    }
    return try result.transposed(out.map { names.firstIndex(of: $0) ?? 0 })
  }

  /// The product of two labelled tensors, summed over letters of both that nobody needs later.
  private static func contracted(
    _ a: Variable, _ p: [String], _ b: Variable, _ q: [String], _ later: Set<String>
  ) throws -> (Variable, [String]) {
    let shared = p.filter { q.contains($0) }
    let isPlain = shared.allSatisfy { name in
      a.dims[p.firstIndex(of: name) ?? 0] == b.dims[q.firstIndex(of: name) ?? 0]
    }
    let summed = shared.filter { !later.contains($0) }
    if !isPlain || summed.isEmpty {
      let all = p + q.filter { !p.contains($0) }
      func aligned(_ x: Variable, _ own: [String]) throws -> Variable {
        let moved = try x.transposed(all.compactMap { own.firstIndex(of: $0) })
        return try moved.reshaped(all.map { own.firstIndex(of: $0).map { x.dims[$0] } ?? 1 })
      }
      return (try aligned(a, p) * aligned(b, q), all)
    }
    let batch = shared.filter { later.contains($0) }
    let (left, right) = (p.filter { !shared.contains($0) }, q.filter { !shared.contains($0) })
    func size(_ names: [String], _ x: Variable, _ own: [String]) -> [Int] {
      names.map { x.dims[own.firstIndex(of: $0) ?? 0] }
    }
    func grouped(_ x: Variable, _ own: [String], _ groups: [[String]]) throws -> Variable {
      try x.transposed(groups.flatMap { $0 }.map { own.firstIndex(of: $0) ?? 0 }).reshaped(
        groups.map { size($0, x, own).reduce(1, *) })
    }
    let product = try matmul(
      grouped(a, p, [batch, left, summed]), grouped(b, q, [batch, summed, right]))
    let dims = size(batch, a, p) + size(left, a, p) + size(right, b, q)
    return (try product.reshaped(dims), batch + left + right)
  }
}

extension String {
  /// The pieces between the places where a text occurs.
  fileprivate func components(at separator: String) -> [String] {
    var pieces: [String] = []
    var rest = Substring(self)
    while let range = rest.firstRange(of: separator) {
      pieces.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return pieces + [String(rest)]
  }
}
