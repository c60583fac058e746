import ArgumentParser
import Glibc
import Tensors

/// The command line.
@main
struct Gradus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradus", abstract: "A notebook for deep learning that lives in the terminal.",
    subcommands: [
      OpenCommand.self, REPLCommand.self, EvalCommand.self, RunCommand.self, VerifyCommand.self,
      PlayCommand.self,
      ConvertCommand.self, DiffCommand.self, MergeCommand.self,
      FormatCommand.self, AttachCommand.self, WordsCommand.self, BenchCommand.self,
      LessonsCommand.self, MapCommand.self, LearnCommand.self, CheckCommand.self, LintCommand.self,
      DoctorCommand.self, ProgramCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  static func main() {
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // Wrong usage ends with 2, as other programs do.
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      complain(fullMessage(for: error))
      Glibc.exit(2)
    }
  }
}
