import Files
import Glibc
import Language
import Library
import Tensors
import TestSupport
import Testing

/// The 26 worked programs of the language, each with its bar as an `assert` at its end.
///
/// Those marked `# long` run with GRADUS_LONG=1; WorkedExampleTests has shorter forms of them. One asks
/// for data that are not shipped, and runs where GRADUS_DATA names them.
@Suite struct WholeExampleTests {
  private static let folder: String = {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.endIndex)] + "/WorkedExamples"
  }()

  private static let files = FileBytes.names(in: folder).sorted()

  private static func source(of file: String) throws -> String {
    String(decoding: try FileBytes.read(folder + "/" + file), as: UTF8.self)
  }

  private static let chosen = files.filter { file in
    guard let source = try? source(of: file) else { return true }
    if source.contains("dataset(\"cora\")"), getenv("GRADUS_DATA") == nil { return false }
    return getenv("GRADUS_LONG") != nil || !source.contains("\n# long\n")
  }

  @Test func `every worked example is there and states what it reaches`() throws {
    let numbers = Self.files.map { $0.prefix(2) }
    #expect(numbers == (1...26).map { $0 < 10 ? "0\($0)" : "\($0)" })
    for file in Self.files {
      #expect(try Self.source(of: file).contains("\nassert("), "\(file) states nothing")
    }
  }

  @Test(arguments: chosen)
  func `a worked example reaches its bar`(file: String) throws {
    let source = try Self.source(of: file)
    let context = EvaluationContext(stream: RandomStream(seed: 1))
    do throws(LanguageError) {
      _ = try StandardLibrary.interpreter().evaluate(source, in: Names(), context)
    } catch {
      Issue.record("\(file): \(error.rendered(source: source))")
    }
  }
}
