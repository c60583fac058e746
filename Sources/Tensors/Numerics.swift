/// How numbers are computed; a notebook's front matter says which, so that its values can be made again.
package enum Numerics: String, Sendable, CaseIterable {
  /// The same bits on every x86-64 processor with AVX2 and FMA, on any number of threads.
  case portable
  /// Whatever is fastest for a shape. The portable kernels were measured against OpenBLAS and oneDNN and
  /// are ahead of both on the benchmarks, so that both settings run the same code for now.
  case fast
}
