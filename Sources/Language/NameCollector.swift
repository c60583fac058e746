/// Finds the names that a piece of a program reads and binds, in order of appearance.
struct NameCollector {
  private(set) var reads: [String] = []
  private(set) var binds: [String] = []
  /// Whether it may end a loop, a turn or a function early.
  private(set) var leaves = false
  private var known: Set<String> = []
  private var bound: Set<String> = []

  private mutating func read(_ name: String) {
    if known.insert(name).inserted { reads.append(name) }
  }
  private mutating func bind(_ name: String) {
    if bound.insert(name).inserted { binds.append(name) }
  }

  mutating func visit(_ statements: [Syntax.Statement]) {
    for statement in statements {
      switch statement.kind {
      case .value(let e): visit(e)
      case .bind(let targets, let e):
        visit(e)
        for target in targets { visit(target) }
      case .shaped(let name, let shape, let e):
        visit(e)
        bind(name)
        for case .name(let size) in shape { bind(size) }
      case .define(let name, let function):
        for mention in function.mentions where mention != name { read(mention) }
        bind(name)
      case .change(let place, _, let e, _):
        visit(e)
        read(place.name)
        visit(.place(place))
      case .leave, .next: leaves = true
      case .result(let e):
        leaves = true
        if let e { visit(e) }
      }
    }
  }

  private mutating func visit(_ target: Syntax.Target) {
    switch target {
    case .skip: break
    case .parts(let parts, _): for part in parts { visit(part) }
    case .place(let place):
      if !place.steps.isEmpty { read(place.name) }
      for case .index(let items, _) in place.steps { visit(items) }
      bind(place.name)
    }
  }

  private mutating func visit(_ items: [Syntax.Subscript]) {
    for item in items {
      switch item {
      case .ellipsis: break
      case .one(let e): visit(e)
      case .range(let a, let b, let c): for e in [a, b, c] { if let e { visit(e) } }
      }
    }
  }

  mutating func visit(_ e: Syntax.Expression) {
    switch e.kind {
    case .none, .boolean, .integer, .number, .hole: break
    case .text(let parts): for case .value(let value, _) in parts { visit(value) }
    case .name(let name): read(name)
    case .list(let items): for item in items { visit(item.value) }
    case .comprehension(let value, let clauses):
      for clause in clauses {
        switch clause {
        case .each(let targets, let source):
          visit(source)
          for target in targets { visit(target) }
        case .filter(let condition): visit(condition)
        }
      }
      visit(value)
    case .record(let fields): for field in fields { visit(field.value) }
    case .block(let statements): visit(statements)
    case .call(let callee, let arguments):
      visit(callee)
      for argument in arguments { visit(argument.value) }
    case .index(let base, let items):
      visit(base)
      visit(items)
    case .field(let base, let name, _):
      visit(base)
      read(name)
    case .negate(let a), .not(let a): visit(a)
    case .arithmetic(_, let a, let b, _), .and(let a, let b, _), .or(let a, let b, _),
      .compose(let a, let b, _), .pipe(let a, let b, _):
      visit(a)
      visit(b)
    case .comparison(let first, let rest):
      visit(first)
      for (_, _, next) in rest { visit(next) }
    case .function(let function): for name in function.mentions { read(name) }
    case .choose(let condition, let then, let otherwise):
      visit(condition)
      visit(then)
      if let otherwise { visit(otherwise) }
    case .forEach(let targets, let source, let body):
      visit(source)
      for target in targets { visit(target) }
      visit(body)
    case .whileLoop(let condition, let body):
      visit(condition)
      visit(body)
    case .attempt(let body, let name, let fallback):
      visit(body)
      if let name { bind(name) }
      visit(fallback)
    }
  }
}

/// What a cell takes from above and gives to below, known without running it.
package struct CellNames: Sendable, Equatable {
  package let reads: [String]
  package let binds: [String]

  /// Empty for a source that cannot be parsed.
  package init(of source: String) {
    var names = NameCollector()
    if let program = try? Parser.program(source) { names.visit(program) }
    reads = names.reads
    binds = names.binds
  }
}
