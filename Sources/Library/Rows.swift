// Rows of what may be a tensor, a record of tensors, or a list.

import Autograd
import Language
import Tensors

extension StandardLibrary {
  /// Rows along the first axis of a tensor, list or data set.
  ///
  /// Throws when a list of their positions would not fit into memory, as of a huge range.
  static func rows(of value: Value) throws -> Int? {
    var found = value.rowCount
    if case .record(let record) = value { found = record.rows }
    guard let count = found else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 16)
    try MemoryBudget.check(overflow ? Int.max : bytes)
    return count
  }

  /// The tensors that a batch of some data is cut from, in order; nil when it is cut from other
  /// things too.
  static func tables(of data: Value) -> [Tensor]? {
    switch data {
    case .tensor(let x): return [x.value]
    case .record(let record):
      guard let rows = record.rows else { return nil }
      var tables: [Tensor] = []
      for field in record.fields where field.value.rowCount == rows {
        guard case .tensor(let x) = field.value else { return nil }
        tables.append(x.value)
      }
      return tables
    default: return nil
    }
  }

  /// The data with other tensors in place of its tables.
  static func replacing(tablesOf data: Value, with tables: [Tensor]) -> Value {
    guard case .record(let record) = data else { return .tensor(Variable(tables[0])) }
    var next = 0
    return .record(
      Record(
        record.fields.map { field in
          guard field.value.rowCount == record.rows else { return field }
          defer { next += 1 }
          return (field.name, .tensor(Variable(tables[next])))
        }))
  }

  /// The chosen rows of a tensor, list, or of every field of a data set that is as long as its first.
  static func choosing(_ order: [Int], from value: Value) throws -> Value {
    switch value {
    case .tensor(let x), .parameter(let x): return .tensor(try x.taking(order))
    case .list(let items): return .list(order.map { items[$0] })
    case .range(let range): return try Value(Tensor(order.map { Int64(range[$0]) }))
    case .record(let record):
      let rows = record.rows
      return .record(
        Record(
          try record.fields.map { field in
            field.value.rowCount == rows && rows != nil
              ? (field.name, try choosing(order, from: field.value)) : field
          }))
    default: return value
    }
  }
}
