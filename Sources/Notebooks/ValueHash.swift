import Files
import Language
import Library
import Tensors

extension SHA256 {
  /// Everything that makes a value what it is: kinds, shapes, the bytes of numbers, sources.
  mutating func update(_ value: Value) {
    update(value.kindName + ":")
    switch value {
    case .none, .boolean, .range, .builtin: update(value.inline)
    case .integer(let n): withUnsafeBytes(of: Int64(n).littleEndian) { update($0) }
    case .number(let x): withUnsafeBytes(of: x.bitPattern.littleEndian) { update($0) }
    case .text(let text): update("\(text.utf8.count) \(text)")
    case .tensor(let x), .parameter(let x):
      update("\(x.dtype.name) \(x.dims)")
      x.value.withBytes { update($0) }
    case .list(let items):
      update("\(items.count)")
      for item in items { update(item) }
    case .record(let record):
      for (name, field) in zip(record.names, record.fields) {
        update(name)
        update(field.value)
      }
    case .function(let function):
      update(normalisedSource(function.syntax.source))
      for (name, held) in function.captured {
        update(name)
        update(held)
      }
    case .object(let object):
      if let run = object as? Run {
        update(run.finalModel)
        for series in run.job.series {
          update(series.name)
          series.values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { update($0) }
        }
        return
      }
      update(object.text(width: 72))
      for (name, child) in object.children {
        update(name)
        update(child)
      }
    }
  }
}
