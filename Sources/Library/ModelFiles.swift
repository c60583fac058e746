import Autograd
import Files
import Formats
import Language
import Layers
import Tensors
import Training
import Vocabulary

/// Models and runs in safetensors files: numbers and settings, never code.
enum ModelFiles {
  private static let kind = "model"

  /// The file of a model: its parameters and what its layers know, by path.
  static func bytes(of model: Value) throws -> [UInt8] {
    var metadata = [(name: "kind", text: kind)]
    if let structure = structure(of: model) { metadata.append(("layers", structure.written)) }
    return try Safetensors.written(
      LearnedState.of(model, "").map { ($0.name, $0.value) }, metadata: metadata)
  }

  static func bytes(of checkpoint: Checkpoint) throws -> [UInt8] {
    try Safetensors.written(
      checkpoint.tensors().map { ($0.name, $0.value) }, metadata: checkpoint.metadata)
  }

  private static func tensors(_ file: Safetensors) throws -> [Checkpoint.NamedTensor] {
    try file.items.compactMap { item in try file.tensor(item.name).map { (item.name, $0) } }
  }

  /// A model of the same structure with the file's numbers.
  static func filled(_ model: Value, from file: Safetensors) throws -> Value {
    try LearnedState(tensors(file)).restored(model, "")
  }

  static func checkpoint(_ file: Safetensors) throws -> Checkpoint {
    try Checkpoint(tensors: tensors(file), metadata: file.metadata)
  }

  /// A model of library layers rebuilt; otherwise the file's tensors as a record.
  static func value(of file: Safetensors) throws -> Value {
    if let text = file.metadata.first(where: { $0.name == "layers" })?.text {
      let json = try JSON(parsing: Array(text.utf8))
      return try filled(model(json), from: file)
    }
    return .record(Record(try tensors(file).map { ($0.name, .tensor(Variable($0.value))) }))
  }

  // MARK: Structure as data

  /// Layers with their settings and words without any; nil when there is a function among them.
  private static func structure(of model: Value) -> JSON? {
    switch model {
    case .builtin(let word): return .object([JSON.Field("word", .text(word.entry.name))])
    case .object(let object):
      if let chain = object as? Model {
        let parts = chain.parts.map(structure)
        guard !parts.contains(nil) else { return nil }
        return .list(parts.compactMap { $0 })
      }
      if let input = object as? InputObject {
        return .object([
          JSON.Field("input", .list(input.sample.map { .integer($0) })),
          JSON.Field("whole", .boolean(input.isInteger)),
        ])
      }
      guard let layer = (object as? LayerObject)?.layer else { return nil }
      let settings = layer.settings.items.map { JSON.Field($0.name, json($0.value)) }
      return .object([
        JSON.Field("layer", .text(layer.kind.entry.name)),
        JSON.Field("settings", .object(settings)),
      ])
    default: return nil
    }
  }

  private static func json(_ attribute: Attribute) -> JSON {
    switch attribute {
    case .integer(let n): .integer(n)
    case .integers(let all): .list(all.map { .integer($0) })
    case .number(let x): .number(x)
    case .numbers(let all): .list(all.map { .number($0) })
    case .boolean(let flag): .boolean(flag)
    case .text(let text): .text(text)
    }
  }

  private static func wrong(_ reason: String) -> FormatError {
    .malformed(format: "safetensors", reason: "its layers: " + reason)
  }

  private static func model(_ json: JSON) throws -> Value {
    if let parts = json.list {
      return .object(Model(parts: try parts.map(model), sample: nil))
    }
    if let name = json["word"]?.text {
      guard Operations.catalog[name] != nil, let word = StandardLibrary.catalog[name] else {
        throw wrong("there is no operation \(name)")
      }
      return .builtin(word)
    }
    if let sample = json["input"]?.list {
      return .object(
        InputObject(
          sample: sample.compactMap(\.integer), isInteger: json["whole"]?.boolean ?? false))
    }
    guard let name = json["layer"]?.text, let kind = LayerKinds.catalog[name] else {
      throw wrong("there is no layer \(json["layer"]?.text ?? "without a name")")
    }
    var settings: Attributes = [:]
    for field in json["settings"]?.fields ?? [] {
      guard kind.entry.arguments.contains(where: { $0.name == field.name }) else {
        throw wrong("\(name) has no setting \(field.name)")
      }
      settings[field.name] = try attribute(field.value)
    }
    var stream = RandomStream(seed: 0)
    return .object(LayerObject(try kind.make(settings, &stream)))
  }

  private static func attribute(_ json: JSON) throws -> Attribute {
    switch json {
    case .boolean(let flag): return .boolean(flag)
    case .integer(let n): return .integer(n)
    case .number(let x): return .number(x)
    case .text(let text): return .text(text)
    case .list(let items):
      if let whole = items.map(\.integer) as? [Int] { return .integers(whole) }
      return .numbers(items.compactMap(\.number))
    case .null, .object: throw wrong("a setting is neither number nor text")
    }
  }

  // MARK: Words

  /// Where a model file may lie, and that it is called like one.
  static func path(_ call: Call, _ interpreter: Interpreter) throws -> String {
    let path = try call.text("path")
    guard path.hasSuffix(".safetensors") else {
      throw call.error(
        "a model file ends in .safetensors", at: "path", hint: "\"\(path).safetensors\"")
    }
    return try ReadablePath.of(path, folder: interpreter.context.folder)
  }
}

extension StandardLibrary {
  private static let path = Argument(
    "path", .text, "A .safetensors file beneath the program's folder.")

  static let modelFileWords: [Builtin] = [
    Builtin(
      Entry(
        "save", family: "Models",
        [Argument("x", .any, "A model, a record of tensors, or a run."), path],
        summary: "Writes the numbers of a model, or everything that a run would need to go on.",
        details: "load_into fills a model of the same structure; load rebuilds one made of library "
          + "layers alone; train(…, resume=path) goes on with a run. No code is written.",
        examples: [
          Example(
            "try { save(Linear(2, 1), \"model.txt\") } else e { e }",
            prints: "save: a model file ends in .safetensors")
        ])
    ) { call, interpreter in
      let path = try ModelFiles.path(call, interpreter)
      guard !path.hasPrefix("datasets/") else {
        throw call.error("the data that comes with Gradus stays as it is", at: "path")
      }
      if case .object(let object) = call["x"], let run = object as? Run {
        let checkpoint = try run.job.checkpoint { interpreter.context.interruption.isRequested }
        try FileBytes.writeAtomically(ModelFiles.bytes(of: checkpoint), to: path)
        return .none
      }
      let model = interpreter.asModel(call["x"])
      guard try !LearnedState.of(model, "").isEmpty else {
        throw call.wrong("x", expected: "a model, a record of tensors, or a run")
      }
      try FileBytes.writeAtomically(ModelFiles.bytes(of: model), to: path)
      return .none
    },
    Builtin(
      Entry(
        "load_into", family: "Models",
        [Argument("m", .model, "A model of the structure that was saved."), path],
        summary: "A model with the numbers of a file; names and shapes are checked.",
        examples: [
          Example(
            "try { load_into(Linear(2, 1), \"model.txt\") } else e { e }",
            prints: "load_into: a model file ends in .safetensors")
        ])
    ) { call, interpreter in
      let file = try Safetensors(FileBytes.read(ModelFiles.path(call, interpreter)))
      return try ModelFiles.filled(interpreter.asModel(call["m"]), from: file)
    },
  ]
}
