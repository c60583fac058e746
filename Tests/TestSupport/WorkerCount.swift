import Tensors

/// Runs a body with another number of workers.
package func withWorkers<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
  let before = Workers.count
  Workers.count = count
  defer { Workers.count = before }
  return try body()
}
