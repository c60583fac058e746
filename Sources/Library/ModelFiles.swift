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
  static func filled(_ model: Value, from file: Safetensors, keepsKinds: Bool = false) throws
    -> Value
  {
    try LearnedState(tensors(file), keepsKinds: keepsKinds).restored(model, "")
  }

  /// The same where the file has other names: `names` turns the model's into the file's.
  static func filled(_ model: Value, from file: Safetensors, names: (String) throws -> String)
    throws
    -> Value
  {
    let found = try LearnedState.of(model, "").compactMap { own, _ -> Checkpoint.NamedTensor? in
      let theirs = try names(own)
      guard let tensor = try file.tensor(theirs) else {
        let all = file.items.map(\.name)
        throw LanguageError(
          "model", "the file has no `\(theirs)` for the model's `\(own)`",
          details: ["it has " + all.prefix(12).joined(separator: ", ")],
          hint: Suggestion.nearest(to: theirs, among: all))
      }
      return (own, tensor)
    }
    return try LearnedState(found).restored(model, "")
  }

  /// The argument `names` of a call as a function of the model's names.
  static func names(_ call: Call, _ interpreter: Interpreter) throws -> (String) throws -> String {
    let wanted = "a function of a name, or a list of pairs of texts"
    switch call["names"] {
    case .function, .builtin:
      return { own in
        guard case .text(let name) = try interpreter.apply(call["names"], [.text(own)]) else {
          throw call.wrong("names", expected: wanted)
        }
        return name
      }
    default:
      let pairs = try call.elements("names", interpreter).map { pair in
        guard let parts = try interpreter.elements(of: pair), parts.count == 2,
          case .text(let own) = parts[0], case .text(let theirs) = parts[1]
        else { throw call.wrong("names", expected: wanted) }
        return (own: own, theirs: theirs)
      }
      return { own in
        // The longest beginning that ends with a whole part of the name.
        let fitting = pairs.filter { own == $0.own || own.hasPrefix($0.own + ".") }
        guard let pair = fitting.max(by: { $0.own.count < $1.own.count }) else { return own }
        return pair.theirs + own.dropFirst(pair.own.count)
      }
    }
  }

  static func checkpoint(_ file: Safetensors) throws -> Checkpoint {
    try Checkpoint(tensors: tensors(file), metadata: file.metadata)
  }

  /// A model of library layers rebuilt; otherwise the file's tensors as a record.
  static func value(of file: Safetensors) throws -> Value {
    if let text = file.metadata.first(where: { $0.name == "layers" })?.text {
      let json = try JSON(parsing: Array(text.utf8))
      return try filled(model(json), from: file, keepsKinds: true)
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
  static func path(_ call: Call, _ interpreter: Interpreter) throws -> BeneathPath {
    let path = try call.text("path")
    guard path.hasSuffix(".safetensors") else {
      throw call.error(
        "a model file ends in .safetensors", at: "path", hint: "\"\(path).safetensors\"")
    }
    return try ReadablePath.of(path, folder: interpreter.context.folder)
  }
}

extension StandardLibrary {
  static let modelFileWords: [Builtin] = [
    Builtin(
      Entry(
        "save", family: "Data",
        [
          Argument(
            "x", .any, "A model, a run, a tensor, a table, a picture, a sound, a plot or a text."),
          Argument(
            "path", .text,
            "A .safetensors, .npy, .npz, .csv, .png, .wav, .svg or .txt file beneath the program's "
              + "folder."
          ),
        ],
        summary: "Writes a model, a run, or data into a file of the kind that its name ends in.",
        details:
          "load reads it again. Of models only the numbers are written, never code: load_into "
          + "fills a model of the same structure; load rebuilds one made of library layers alone; "
          + "train(…, resume=path) goes on with a run.",
        examples: [
          Example(
            "try { save(Linear(2, 1), \"model.zip\") } else e { e }",
            prints:
              "save: a file that is written ends in .safetensors, .npy, .npz, .csv, .png, .wav, .svg, .txt"
          )
        ])
    ) { call, interpreter in
      let path = try ReadablePath.forWriting(call, interpreter)
      try path.writeAtomically(SavedFile.bytes(call, interpreter))
      return .none
    },
    Builtin(
      Entry(
        "load_into", family: "Models",
        [
          Argument("m", .model, "A model of the structure that was saved."),
          Argument("path", .text, "A .safetensors file beneath the program's folder."),
          Argument(
            "names", .any,
            "What the file calls a part: name => name, or pairs (\"0\", \"conv1\") of beginnings.",
            default: "none"),
        ],
        summary: "A model with the numbers of a file; names and shapes are checked.",
        examples: [
          Example(
            "try { load_into(Linear(2, 1), \"model.txt\") } else e { e }",
            prints: "load_into: a model file ends in .safetensors")
        ])
    ) { call, interpreter in
      let file = try Safetensors(ModelFiles.path(call, interpreter).read())
      let model = interpreter.asModel(call["m"])
      if call.isNone("names") { return try ModelFiles.filled(model, from: file) }
      return try ModelFiles.filled(model, from: file, names: ModelFiles.names(call, interpreter))
    },
  ]
}
