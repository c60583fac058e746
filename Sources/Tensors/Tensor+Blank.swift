import Glibc

/// Zeros that take no memory, for what is only asked for its shape: all of them share pages that are
/// never written.
extension Tensor {
  /// Elements that a blank tensor may have.
  package static let mostBlank = 1 << 28

  /// Zeros of a shape; nil where they would be too many to share.
  package static func blank(_ shape: Shape, _ dtype: DType = .float32) -> Tensor? {
    guard shape.count <= mostBlank, let storage = Storage.blank else { return nil }
    return Tensor(shape: shape, dtype: dtype, storage: storage)
  }
}

extension Storage {
  /// Address space for the largest blank tensor; the system gives pages of zeros to who reads it.
  fileprivate static let blank: Storage? = {
    let bytes = Tensor.mostBlank * 8
    let start = mmap(
      nil, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return Storage(lasting: start, byteCount: bytes)
  }()
}
