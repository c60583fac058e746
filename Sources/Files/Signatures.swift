import Glibc

/// The marks by which a user's own files are known again: a keyed hash (HMAC-SHA-256) of the bytes of each
/// file that was saved or run here. One changed byte, and a file is a stranger's.
package struct Signatures: Sendable {
  private let folder: String
  /// Older marks are forgotten beyond so many.
  private static let most = 20_000

  package init(folder: String) { self.folder = folder }

  /// Those of the user, in the data folder of the XDG base directories; nil without a home.
  package static var ofUser: Signatures? {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let data = variable("XDG_DATA_HOME") ?? variable("HOME").map({ $0 + "/.local/share" })
    else { return nil }
    return Signatures(folder: data + "/gradus")
  }

  /// Whether these bytes were signed here.
  package func contains(_ bytes: [UInt8]) -> Bool {
    guard let key = key(makes: false) else { return false }
    return marks.contains(Signatures.mark(of: bytes, key)[...])
  }

  /// Signs bytes; false when the data folder cannot be written.
  @discardableResult
  package func add(_ bytes: [UInt8]) -> Bool {
    guard let key = key(makes: true) else { return false }
    let mark = Signatures.mark(of: bytes, key)
    var all = marks.map(String.init)
    if all.last == mark { return true }
    all.removeAll { $0 == mark }
    all = all.suffix(Signatures.most - 1) + [mark]
    let text = all.joined(separator: "\n") + "\n"
    return (try? FileBytes.writeAtomically(Array(text.utf8), to: folder + "/signatures")) != nil
  }

  private var marks: [Substring] {
    guard let bytes = try? FileBytes.read(folder + "/signatures", limit: 1 << 24) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  /// 32 random bytes that nobody else may read.
  private func key(makes: Bool) -> [UInt8]? {
    let path = folder + "/key"
    if let key = try? FileBytes.read(path, limit: 32), key.count == 32 { return key }
    guard makes, !FileBytes.exists(path) else { return nil }
    var random = SystemRandomNumberGenerator()
    let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    FileBytes.makeFolder(folder)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer { _ = SystemCalls.close(file) }
    guard SystemCalls.writeAll(file, key), SystemCalls.sync(file) == 0 else { return nil }
    return key
  }

  /// HMAC (RFC 2104) with SHA-256, as hexadecimal digits.
  package static func mark(of bytes: [UInt8], _ key: [UInt8]) -> String {
    let block = 64
    var padded = key
    if padded.count > block {
      var hasher = SHA256()
      padded.withUnsafeBytes { hasher.update($0) }
      padded = hasher.finish()
    }
    padded += [UInt8](repeating: 0, count: block - padded.count)
    var inner = SHA256()
    padded.map { $0 ^ 0x36 }.withUnsafeBytes { inner.update($0) }
    bytes.withUnsafeBytes { inner.update($0) }
    let middle = inner.finish()
    var outer = SHA256()
    padded.map { $0 ^ 0x5C }.withUnsafeBytes { outer.update($0) }
    middle.withUnsafeBytes { outer.update($0) }
    return outer.finishText(bytes: 32)
  }
}
