import ArgumentParser

/// Runs test suites that others wrote, and says for each case whether it passes.
@main
struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Runs conformance suites: one line of JSON per case, a summary last.",
    subcommands: [
      OperatorsCommand.self, GraphsCommand.self, PicturesCommand.self, OptimizersCommand.self,
      ModelCommand.self,
    ])
}
