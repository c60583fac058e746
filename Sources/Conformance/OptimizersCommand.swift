import ArgumentParser
import Autograd
import Files
import Formats
import Tensors
import Training

/// Trajectories of PyTorch's optimizers and the values of its schedules.
struct OptimizersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optim",
    abstract: "Replays optimizer steps and schedules; tensors lie in a .safetensors file beside.")

  @Argument(help: "The trajectories, one JSON object a line.") var cases: String
  @Option(help: "The tensors; by default the cases' path ending in .safetensors.")
  var tensors: String?
  @Option(help: "How far a number may lie off, absolutely or relatively.") var tolerance = 1e-6
  @Flag(help: "Only cases that do not pass, and the summary.") var failures = false

  func run() throws {
    let beside = cases.hasSuffix(".jsonl") ? String(cases.dropLast(6)) : cases
    let store = try Safetensors(FileBytes.read(tensors ?? beside + ".safetensors"))
    let limit = Tolerance(relative: tolerance, absolute: tolerance)
    var (optimizers, schedules) = (Tally(), Tally())
    for (number, line) in try FileBytes.read(cases).split(separator: UInt8(ascii: "\n"))
      .enumerated()
    {
      let json = try JSON(parsing: line)
      let name = (json["optim"] ?? json["sched"])?.text ?? ""
      var verdict = Verdict()
      do {
        if json["optim"] != nil {
          try Trajectory.replay(json, store, limit, &verdict)
        } else {
          try Trajectory.follow(json, limit, &verdict)
        }
      } catch let error as Unsupported {
        verdict = .unsupported(error.reason)
      }
      if json["optim"] != nil { optimizers.count(verdict) } else { schedules.count(verdict) }
      if !failures || verdict.status != .pass {
        print(verdict.line(name: name, number: number).written)
      }
    }
    print(
      JSON.object([
        JSON.Field(
          "summary",
          .object([
            JSON.Field("optimizers", optimizers.json), JSON.Field("schedules", schedules.json),
          ])), JSON.Field("tolerance", .number(tolerance)),
      ]).written)
  }
}

/// From PyTorch's optimizers and schedules to those of Gradus.
enum Trajectory {
  private static let renamed = [
    "weight_decay": "decay", "decoupled_weight_decay": "decoupled",
    "initial_accumulator_value": "start", "step_sizes": "sizes", "ns_steps": "rounds",
    "ns_coefficients": "coefficients", "adjust_lr_fn": "scale",
  ]

  static func replay(
    _ json: JSON, _ store: Safetensors, _ limit: Tolerance, _ verdict: inout Verdict
  ) throws {
    guard let name = json["optim"]?.text, let kind = OptimizerKinds.catalog[name] else {
      throw Unsupported("no such optimizer")
    }
    var settings: Attributes = [:]
    var rate = kind.standard("lr")
    for field in json["kw"]?.fields ?? [] {
      let setting = renamed[field.name] ?? field.name
      if setting == "lr" {
        rate = field.value.number ?? rate
        continue
      }
      guard kind.entry.arguments.contains(where: { $0.name == setting }) else {
        throw Unsupported("the setting \(field.name)")
      }
      settings[setting] = try attribute(field.value)
    }
    var optimizer = Optimizer(kind, learningRate: rate, settings)
    func tensors(_ json: JSON?) throws -> [Tensor] {
      try (json?.list ?? []).map { key in
        guard let key = key.text, let tensor = try store.tensor(key) else {
          throw Unsupported("a tensor is missing")
        }
        return tensor
      }
    }
    var parameters = try tensors(json["p0"])
    for (number, step) in (json["steps"]?.list ?? []).enumerated() {
      try optimizer.update(&parameters, gradients: tensors(step["g"]))
      for (i, (got, want)) in zip(parameters, try tensors(step["p"])).enumerated() {
        verdict.compare(got, want, "step \(number), parameter \(i)", limit)
      }
    }
  }

  private static func attribute(_ json: JSON) throws -> Attribute {
    switch json {
    case .boolean(let flag): return .boolean(flag)
    case .integer(let n): return .integer(n)
    case .number(let x): return .number(x)
    case .text(let text):
      let names = [
        "original": "shape", "match_rms_adamw": "adam", "spectral_unclamped": "spectral",
      ]
      return .text(names[text] ?? text)
    case .list(let items): return .numbers(items.compactMap(\.number))
    case .null, .object: throw Unsupported("a setting of an unknown kind")
    }
  }

  /// The schedules' names and settings, theirs to ours.
  private static let schedules: [String: (name: String, settings: [String: String])] = [
    "StepLR": ("step_decay", ["step_size": "every", "gamma": "by"]),
    "MultiStepLR": ("multistep", ["milestones": "at", "gamma": "by"]),
    "ExponentialLR": ("exponential_decay", ["gamma": "by"]),
    "CosineAnnealingLR": ("cosine", ["T_max": "steps", "eta_min": "floor"]),
    "CosineAnnealingWarmRestarts": (
      "cosine_restarts", ["T_0": "first", "T_mult": "factor", "eta_min": "floor"]
    ),
    "OneCycleLR": (
      "one_cycle",
      [
        "max_lr": "lr", "total_steps": "steps", "pct_start": "up", "three_phase": "three",
        "anneal_strategy": "linear", "div_factor": "div", "final_div_factor": "final",
      ]
    ),
    "LinearLR": (
      "linear_ramp", ["start_factor": "start", "end_factor": "end", "total_iters": "steps"]
    ),
    "PolynomialLR": ("polynomial_decay", ["total_iters": "steps", "power": "power"]),
    "ConstantLR": ("held_back", ["total_iters": "steps", "factor": "factor"]),
    "CyclicLR": (
      "cyclic",
      [
        "base_lr": "low", "max_lr": "high", "step_size_up": "up", "step_size_down": "down",
        "mode": "halve", "gamma": "by",
      ]
    ),
  ]

  static func follow(_ json: JSON, _ limit: Tolerance, _ verdict: inout Verdict) throws {
    guard let name = json["sched"]?.text, let known = schedules[name],
      let kind = ScheduleKinds.catalog[known.name]
    else { throw Unsupported("no such schedule") }
    var settings: Attributes = ["lr": .number(json["base_lr"]?.number ?? 0)]
    for field in json["kw"]?.fields ?? [] {
      guard let setting = known.settings[field.name] else {
        throw Unsupported("the setting \(field.name)")
      }
      switch (field.name, field.value.text) {
      case ("anneal_strategy", let text?): settings[setting] = .boolean(text == "linear")
      case ("mode", let text?): settings[setting] = .boolean(text == "triangular2")
      default:
        if let steps = field.value.list {
          settings[setting] = .integers(steps.compactMap(\.integer))
        } else {
          settings[setting] = try attribute(field.value)
        }
      }
    }
    let rates = (json["lr"]?.list ?? []).compactMap(\.number)
    let mine = try rates.indices.map { try kind.rate(settings, at: $0) }
    verdict.compare(try Tensor(mine), try Tensor(rates), "rates", limit)
  }
}
