/// Names of PyTorch, NumPy, Keras and Python that are called otherwise here, or are not needed.
package struct ForeignName: Sendable {
  package let name: String
  /// What is typed instead of the name (with its empty parentheses, where it has them).
  package let ours: String
  /// What is said of it, where it is more than another name.
  package let says: String?

  private init(_ name: String, _ ours: String, _ says: String? = nil) {
    (self.name, self.ours, self.says) = (name, ours, says)
  }

  private static func renamed(_ ours: String, _ names: String) -> [ForeignName] {
    names.split(separator: " ").map { ForeignName(String($0), ours) }
  }

  private static func said(_ names: String, _ ours: String, _ says: String) -> [ForeignName] {
    names.split(separator: " ").map { ForeignName(String($0), ours, says) }
  }

  /// Modules whose names stand in front of words elsewhere.
  static let modules: Set<String> = [
    "torch", "nn", "F", "np", "numpy", "tf", "keras", "jnp", "jax", "plt", "pd", "optim",
    "functional",
    "linalg", "random", "layers", "scipy", "sklearn", "math", "lr_scheduler", "metrics", "losses",
    "optimizers", "init", "utils", "data",
  ]

  static let all: [ForeignName] =
    renamed("concat", "cat concatenate vstack hstack column_stack Concatenate")
    + renamed("reshape", "view resize reshape_as view_as")
    + renamed("transpose", "permute swapaxes moveaxis")
    + renamed("[none]", "unsqueeze expand_dims")
    + renamed("flatten", "ravel Flatten")
    + renamed("tensor", "array asarray as_tensor from_numpy FloatTensor LongTensor Tensor ndarray")
    + renamed("zeros", "empty") + renamed("rand", "random_sample")
    + renamed("norm", "frobenius_norm") + renamed("maximum", "fmax") + renamed("minimum", "fmin")
    + renamed("max", "amax") + renamed("min", "amin") + renamed("abs", "absolute fabs")
    + renamed("inv", "inverse_matrix") + renamed("clip", "clamp clip_by_value")
    + renamed("seed", "manual_seed set_seed random_seed")
    + renamed("param", "Parameter Variable parameter")
    + renamed("params", "parameters named_parameters state_dict trainable_variables get_weights")
    + renamed("load_into", "load_state_dict set_weights load_weights")
    + renamed("repeat", "repeat_interleave") + renamed("roll", "circshift")
    + renamed("categorical", "multinomial") + renamed("shuffle", "randperm permutation")
    + renamed("rand", "uniform") + renamed("randn", "normal standard_normal gaussian")
    + renamed("randint", "integers")
    + renamed("one_hot", "to_categorical get_dummies") + renamed("where", "ifelse cond")
    + renamed("floor", "trunc_floor") + renamed("log", "ln") + renamed("var", "variance")
    + renamed("std", "stdev stddev")
    + renamed("isnan", "is_nan") + renamed("gather", "take_along_axis take_along_dim")
    + renamed("scatter_add", "index_add") + renamed("einsum", "Einsum")
    + renamed("Linear", "Dense") + renamed("Conv", "Conv2d Conv2D")
    + renamed("Conv1", "Conv1d Conv1D")
    + renamed("Conv3", "Conv3d Conv3D")
    + renamed("ConvTranspose", "ConvTranspose2d Conv2DTranspose ConvT")
    + renamed("ConvTranspose1", "ConvTranspose1d Conv1DTranspose")
    + renamed("BatchNorm", "BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization")
    + renamed("LayerNorm", "LayerNormalization")
    + renamed("Dropout", "Dropout1d Dropout2d Dropout3d")
    + renamed("MaxPool", "MaxPool2d MaxPooling2D")
    + renamed("AvgPool", "AvgPool2d AveragePooling2D")
    + renamed("AdaptivePool", "AdaptiveAvgPool2d") + renamed("GlobalPool", "GlobalAveragePooling2D")
    + renamed("Upsample", "UpSampling2D")
    + renamed("Attention", "MultiheadAttention MultiHeadAttention")
    + renamed("attention", "scaled_dot_product_attention")
    + renamed("relu", "ReLU") + renamed("tanh", "Tanh") + renamed("sigmoid", "Sigmoid")
    + renamed("gelu", "GELU") + renamed("silu", "SiLU swish") + renamed("softplus", "Softplus")
    + renamed("elu", "ELU") + renamed("leaky_relu", "LeakyReLU") + renamed("softmax", "Softmax")
    + renamed("log_softmax", "LogSoftmax")
    + renamed(
      "cross_entropy",
      "CrossEntropyLoss sparse_categorical_crossentropy categorical_crossentropy softmax_cross_entropy"
    )
    + renamed("mse", "MSELoss mse_loss mean_squared_error")
    + renamed("mae", "L1Loss l1_loss mean_absolute_error")
    + renamed("bce", "BCEWithLogitsLoss binary_cross_entropy_with_logits binary_crossentropy")
    + renamed("nll", "NLLLoss nll_loss") + renamed("kl_div", "KLDivLoss")
    + renamed("huber", "HuberLoss huber_loss")
    + renamed("smooth_l1", "SmoothL1Loss smooth_l1_loss")
    + renamed("accuracy", "accuracy_score") + renamed("confusion", "confusion_matrix")
    + renamed("auc", "roc_auc_score") + renamed("split", "train_test_split random_split")
    + renamed("kfold", "KFold") + renamed("standardize", "StandardScaler")
    + renamed("cosine", "CosineAnnealingLR") + renamed("one_cycle", "OneCycleLR")
    + renamed("step_decay", "StepLR") + renamed("multistep", "MultiStepLR")
    + renamed("train", "fit") + renamed("heatmap", "matshow") + renamed("image", "imshow")
    + renamed("load", "read_csv loadtxt open read_json imread")
    + renamed("save", "savetxt to_csv savez")
    + renamed("summary", "describe_model") + renamed("sort", "sorted argsorted")
    + renamed("typeof", "type isinstance") + renamed("lower", "tolower") + renamed("len", "length")
    + renamed("words", "split_words") + renamed("replace", "gsub")
    + renamed("print", "println printf puts disp echo")
    + said("True TRUE", "true", "truth is written in small letters")
    + said("False FALSE", "false", "truth is written in small letters")
    + renamed("pi", "PI") + renamed("error", "Exception ValueError RuntimeError")
    + said("None null nil NULL", "none", "the missing value is written none")
    + said("newaxis", "none", "a new axis is written none")
    + said(
      "item", "", "a single element is a number already")
    + said(
      "numpy tolist detach cpu cuda to contiguous clone copy", "",
      "values are the same everywhere and never change")
    + said(
      "requires_grad_ requires_grad", "", "what is differentiated gets gradients, nothing else")
    + said("numel", "size", "the number of elements is the field size")
    + said("dim ndimension", "ndim", "the number of axes is the field ndim")
    + said("t", "T", "the last two axes are swapped by .T")
    + said(
      "backward", "(l, g) = value_and_grad(loss)(m)",
      "gradients are asked of functions, not of values")
    + said("zero_grad", "", "gradients are values and never pile up")
    + said("no_grad inference_mode", "", "gradients are taken only where grad asks for them")
    + said("eval", "", "a model is in training mode only while it is differentiated")
    + said("step", "(m, opt) = update(opt, m, g)", "a step gives a new model and a new optimizer")
    + said(
      "compile", "train(m, d, loss=cross_entropy, opt=Adam(1e-3))", "a model needs no preparation")
    + said("predict forward", "m(x)", "a model is a function: it is called")
    + said(
      "evaluate score", "accuracy(m(x), y)", "what a model says is compared with what is right")
    + said("head", "d.x[:5]", "the first rows are a slice")
    + said("astype type_as", "cast(x, f64)", "another kind is asked for by cast")
    + said("append extend push push_back", "xs ++ [x]", "++ joins lists, texts and tensors")
    + said("mm bmm matvec mv", "a @ b", "the matrix product is written @")
    + said("multiply mul", "a * b", "a product is written *")
    + said("add", "a + b", "a sum is written +")
    + said("subtract sub", "a - b", "a difference is written -")
    + said("divide div true_divide", "a / b", "a quotient is written /")
    + said("pow power", "a ^ b", "a power is written ^")
    + said("zeros_like", "0 * x", "zeros in the shape of x are 0 * x")
    + said("ones_like", "0 * x + 1", "ones in the shape of x are 0 * x + 1")
    + said("full_like", "0 * x + v", "a value in the shape of x is 0 * x + v")
    + said("Sequential ModuleList", "Linear(2, 8) >> tanh", ">> joins layers to a model")
    + said(
      "DataLoader TensorDataset", "train(m, d, batch=32)",
      "train cuts batches itself; batches(d, 32) gives them")
    + said("dict", "(lr=0.1, epochs=5)", "fields with names are a record")
    + said("list tuple", "[x for x in xs]", "brackets make lists, parentheses records")
    + said("format", "\"{x:.2f}\"", "a text takes values in braces")
    + said("pass", "{}", "nothing to do is written {}")
    + said("exit quit", ":q", ":q ends the program")
    + said(
      "self", "W = param(randn(2, 8))", "a layer is a function: what it remembers are its own names"
    )
    + said(
      "super", "Dense(n, m) = { W = param(randn(n, m)); x => x @ W }",
      "a layer is a function that returns a function")
    + said("show", "plot([1, 4, 9])", "a plot that is the last value of a cell is shown")

  package static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// What to say when nothing has the name.
  func unknown(at span: SourceSpan?) -> LanguageError {
    let told = says ?? "`\(name)` is called `\(ours)` here"
    return LanguageError("habit", told, at: span, hint: ours.isEmpty ? nil : ours)
  }

  /// What to say when a value has no field of the name, and whether the call behind it goes away.
  func unknownField(of value: Value, at span: SourceSpan) -> LanguageError {
    if ours == "[none]" {
      return LanguageError("habit", "a new axis is written x[none]", at: span, hint: "x[none]")
    }
    let told =
      ours.isEmpty
      ? "\(says ?? ""): `.\(name)()` is not needed" : says ?? "`\(name)` is called `\(ours)` here"
    return LanguageError("habit", told, at: span, hint: ours.isEmpty ? nil : ours)
  }
}

extension Interpreter {
  /// What is said of `help(word)`.
  func helpAsked(at span: SourceSpan?) -> LanguageError {
    var word = "mean"
    if let span, span.end < source.count, source[span.end] == UInt8(ascii: "(") {
      let name = source[(span.end + 1)...].prefix {
        $0 >= 48 && $0 <= 57 || ($0 | 32) >= 97 && ($0 | 32) <= 122 || $0 == 95
      }
      if !name.isEmpty { word = String(decoding: name, as: UTF8.self) }
    }
    return LanguageError(
      "habit", "what a word does is told by a line that begins with ?", at: span, hint: "?\(word)")
  }

  /// What is said of a module's name in front of a word, which reaches to the word behind it.
  func foreignModule(_ name: String, at span: SourceSpan?) -> LanguageError? {
    guard ForeignName.modules.contains(name), let span, span.end < source.count,
      source[span.end] == UInt8(ascii: ".")
    else { return nil }
    let rest = source[(span.end + 1)...].prefix {
      $0 >= 48 && $0 <= 57 || ($0 | 32) >= 97 && ($0 | 32) <= 122 || $0 == 95 || $0 == 46
    }
    let path = String(decoding: rest, as: UTF8.self).split(separator: ".").map(String.init)
    let word = path.first { !ForeignName.modules.contains($0) } ?? path.last ?? ""
    let message = "words stand alone here, without `\(name).`"
    guard words[word] == nil, let known = ForeignName.byName[word] else {
      return LanguageError(
        "habit", message, at: span, hint: words[word] == nil && prelude[word] == nil ? nil : word)
    }
    return LanguageError(
      "habit", message, at: span,
      details: [known.says ?? "`\(word)` is called `\(known.ours)` here"],
      hint: known.ours.isEmpty ? nil : known.ours)
  }
}
