import Glibc

/// Where the tests and the products they test were built.
package enum BuildFolder {
  package static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let bytes = buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
    let file = String(decoding: bytes, as: UTF8.self)
    return String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
  }()
}
