import Files
import TestSupport
import Testing

/// The kinds of results against those of PyTorch, which `Tests/Fixtures/make_kind_fixtures.py` writes.
///
/// Where PyTorch computes in eight bits or in booleans, whole numbers are of 64 bits here, so that none
/// of them wraps; elements that are only moved keep their kind.
@Suite struct KindTests {
  private static let lines: [(source: String, kind: String)] = {
    var folder = Substring(#filePath)
    for _ in 0..<2 { folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)] }
    guard let bytes = try? FileBytes.read("\(folder)/Fixtures/kinds/torch.txt") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      guard let mark = line.firstRange(of: " : ") else { return nil }
      return (String(line[..<mark.lowerBound]), String(line[mark.upperBound...]))
    }
  }()

  /// What the language gives where PyTorch gives a kind.
  private func expected(_ source: String, _ kind: String) -> String {
    // Numbers alone keep their 64 bits, but in brackets.
    let isOfNumbers = !source.contains("cast") && !source.hasPrefix("[")
    if isOfNumbers, kind == "f32" { return "f64" }
    guard kind == "bool" || kind == "i8" else { return kind }
    // The sign of a boolean is taken as that of a float.
    if source.hasPrefix("sign"), kind == "bool" { return "f32" }
    let meetsNumber = source.hasSuffix(", 2)") || source.contains("], 2, ")
    let isMoved =
      source.hasPrefix("concat") || source.hasPrefix("stack") || source.hasPrefix("[")
      || (source.hasPrefix("where") && !meetsNumber)
      || (kind == "bool" && source.hasPrefix("sort"))
    return isMoved || source.contains(" < ") ? kind : "i64"
  }

  @Test func `a result has the kind that PyTorch gives it, and whole numbers never wrap`() throws {
    #expect(Self.lines.count > 1000)
    let program = Self.lines.map { "(\($0.source)).dtype" }.joined(separator: "\n")
    let kinds = try shown(program)
    #expect(kinds.count == Self.lines.count)
    for (line, kind) in zip(Self.lines, kinds) {
      #expect(kind == expected(line.source, line.kind), "\(line.source)")
    }
  }
}
