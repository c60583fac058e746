/// One argument of an entry, checked in one place before the entry's code sees it.
package struct Argument: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case any, number, integer, boolean, text, tensor, function, model, list, record, data, run
    case optimizer, plot, shape
  }

  package let name: String
  package let kind: Kind
  package let summary: String
  /// Source text of the value taken when the argument is left out; nil when it must be given.
  package let defaultSource: String?
  /// Takes all remaining positional values; at most the last positional argument of an entry.
  package let isVariadic: Bool

  package init(
    _ name: String, _ kind: Kind = .any, _ summary: String, default defaultSource: String? = nil,
    variadic isVariadic: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    self.defaultSource = defaultSource
    self.isVariadic = isVariadic
  }

  package var isRequired: Bool { defaultSource == nil && !isVariadic }

  package var signature: String {
    if isVariadic { return name + "…" }
    if let defaultSource { return name + "=" + defaultSource }
    return name
  }

  /// What PyTorch, NumPy and Keras call the arguments of the same words.
  private static let aliases: [String: [String]] = [
    "axis": ["dim"], "keepdims": ["keepdim"], "weights": ["weight", "class_weight"],
    "ignore": ["ignore_index"], "smooth": ["label_smoothing"], "decay": ["weight_decay"],
    "in": ["in_features", "in_channels", "input_size"],
    "out": ["out_features", "out_channels", "units", "filters"],
    "k": ["kernel_size", "pool_size"], "pad": ["padding"], "stride": ["strides"],
    "layers": ["num_layers"], "h": ["hidden_size"], "n": ["num_embeddings", "num_classes"],
    "d": ["embedding_dim", "embed_dim"], "heads": ["num_heads"], "lr": ["learning_rate"],
    "batch": ["batch_size"], "p": ["rate"], "descending": ["reverse"], "shape": ["size"],
  ]

  /// Whether another library calls it so.
  package func isCalled(_ foreign: String) -> Bool {
    Argument.aliases[name]?.contains(foreign) ?? false
  }
}
