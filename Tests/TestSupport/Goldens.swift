import Files
import Glibc
import Testing

/// Expects a text to be that of `Goldens/<name>.txt` beside the test file; with RECORD=1 in the
/// environment it is written there instead.
package func expectGolden(
  _ text: String, _ name: String, testFile: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = testFile[...(testFile.lastIndex(of: "/") ?? testFile.startIndex)]
  let path = "\(folder)Goldens/\(name).txt"
  let bytes = Array((text + "\n").utf8)
  if getenv("RECORD").map({ String(cString: $0) }) == "1" {
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try FileBytes.writeAtomically(bytes, to: path)
    }
    return
  }
  guard let known = try? FileBytes.read(path) else {
    Issue.record("there is no golden \(name); RECORD=1 writes it", sourceLocation: sourceLocation)
    return
  }
  #expect(
    known == bytes, "expected\n\(String(decoding: known, as: UTF8.self))\ngot\n\(text)",
    sourceLocation: sourceLocation)
}
