import Files
import Glibc
import Library
import Testing

@Suite struct ReferenceTests {
  /// `RECORD=1` writes the page anew.
  @Test func `the committed page of words is what gradus words prints`() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let path = folder + "/Goldens/words.md"
    let page = Reference.markdown + "\n"
    if getenv("RECORD") != nil { try FileBytes.writeAtomically(Array(page.utf8), to: path) }
    #expect(String(decoding: try FileBytes.read(path), as: UTF8.self) == page)
  }
}
