import ArgumentParser
import Files
import Formats
import Glibc
import ONNX

/// Cases of the ONNX backend suite: a model, its inputs, and the outputs it should have.
struct GraphsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onnx",
    abstract: "Runs ONNX cases: folders with model.onnx and test_data_set_N/{input,output}_K.pb.")

  @Argument(help: "Folders of cases, or cases themselves.") var folders: [String]
  @Option(help: "Only cases whose name holds this text.") var only: String?
  @Flag(help: "Lines of JSON instead of a table.") var json = false
  @Flag(help: "Only cases that do not pass, and the summary.") var failures = false

  func run() throws {
    var counts: [GraphCase.Status: Int] = [:]
    var total = 0
    for path in try folders.flatMap(cases) {
      let verdict = GraphCase(path).verdict()
      if let only, !verdict.name.contains(only) { continue }
      counts[verdict.status, default: 0] += 1
      total += 1
      if !failures || verdict.status != .pass { print(json ? verdict.line : verdict.text) }
      fflush(nil)
    }
    let numbers = GraphCase.Status.allCases.map { ($0.rawValue, counts[$0] ?? 0) }
    if json {
      let fields = numbers.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
      print("{\"summary\":{\(fields),\"total\":\(total)}}")
    } else {
      print(numbers.map { "\($0.1) \($0.0)" }.joined(separator: ", ") + " of \(total)")
    }
  }

  /// The cases beneath a folder, in the order of their names.
  private func cases(_ folder: String) throws -> [String] {
    if access(folder + "/model.onnx", R_OK) == 0 { return [folder] }
    let found = Folder.names(folder).map { folder + "/" + $0 }.filter {
      access($0 + "/model.onnx", R_OK) == 0
    }
    if found.isEmpty { throw ValidationError("\(folder) holds no folder with a model.onnx") }
    return found
  }
}

/// The names in a folder, sorted.
enum Folder {
  static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
