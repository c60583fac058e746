import Files
import Glibc
import Language
import Testing

/// The short names of mistakes, as the sources write them.
@Suite struct CodeTests {
  private static let sources: String = {
    let file = #filePath
    let tests = file.firstRange(of: "/Tests/LibraryTests/") ?? file.endIndex..<file.endIndex
    return file[..<tests.lowerBound] + "/Sources"
  }()

  private static func files(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(".swift") { found.append(folder + "/" + name) }
      let isFolder = entry.pointee.d_type == 4  // DT_DIR
      if isFolder { found += files(in: folder + "/" + name) }
    }
    return found
  }

  @Test func `every code that a source names has a page`() throws {
    let made = /LanguageError\(\s*"([a-z-]+)"/
    let told = /var code: String \{\s*"([a-z-]+)"/
    let cases = /case [.a-zA-Z, ]+: "([a-z-]+)"/
    var codes: Set<String> = []
    for file in Self.files(in: Self.sources) {
      let text = String(decoding: try FileBytes.read(file), as: UTF8.self)
      for match in text.matches(of: made) { codes.insert(String(match.1)) }
      for match in text.matches(of: told) { codes.insert(String(match.1)) }
      guard text.contains("TensorError: Diagnosable") else { continue }
      for match in text.matches(of: cases) { codes.insert(String(match.1)) }
    }
    #expect(codes.count > 40, "\(codes.sorted())")
    for code in codes.sorted() { #expect(Diagnosis.page(of: code) != nil, "\(code)") }
  }
}
