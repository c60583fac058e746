import ArgumentParser
import Datasets
import Drawing
import Glibc
import Studio
import Tensors
import Terminal

/// What this machine and terminal offer, and what to change where something is missing.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says which kernels, memory, terminal and files Gradus finds, and tests glyphs.")

  func run() throws {
    for (name, text) in rows { print(padded(name, 12) + visible(text)) }
    print("\nEach line should end at the bar below it; a line that does not is drawn wrong here:")
    for (text, what) in Self.samples {
      let width = DisplayWidth.of(text)
      print("  " + text + String(repeating: " ", count: max(0, 24 - width)) + "│ " + what)
    }
    print("  " + String(repeating: "─", count: 24) + "┘")
  }

  /// Glyphs that plots and frames are made of, and those that terminals measure differently.
  private static let samples = [
    ("┌──┬──┐ └──┴──┘ ▌ ▶ ● ★", "frames"), ("⠉⠓⢶⡀⣿⣷⣤⡄⣇⠟⡯⢕", "braille, for curves"),
    ("▀▄▌▐█ ░▒▓ ▁▂▃▄▅▆▇", "blocks, for images and heatmaps"),
    ("α β ∂ ∇ Σ √ ≤ ≥ → ·", "mathematics"), ("層 重 卷積", "wide characters, two columns each"),
    ("e\u{301} n\u{303} o\u{308}", "letters with combining marks"),
  ]

  private var rows: [(String, String)] {
    let report = TerminalReport()
    let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let term = report.name.isEmpty ? "TERM is not set" : report.name
    let colors = report.colors.map { $0 == 0 ? "no colours" : "\($0) colours" }
    return [
      ("kernels", "\(Kernels.name); the same bits on every x86-64 processor with AVX2 and FMA"),
      (
        "threads",
        "\(Workers.count) of \(cores) core\(cores == 1 ? "" : "s") (GRADUS_THREADS or --threads N)"
      ),
      ("memory", "tensors may take \(Self.size(MemoryBudget.bytes))"),
      (
        "terminal",
        term + ", " + (colors ?? "unknown here: try TERM=xterm-256color")
          + (report.isColorless ? ", none used (NO_COLOR)" : "")
          + (report.size.map { ", \($0.columns)x\($0.rows)" } ?? ", the output is no terminal")
      ),
      (
        "letters",
        report.isUTF8
          ? "UTF-8" : "not UTF-8: glyphs of ASCII instead (LC_ALL=C.UTF-8 shows the others)"
      ),
      (
        "studio",
        report.hasFullScreen
          ? "full screen" : "no full screen here; gradus repl and gradus run work everywhere"
      ),
      ("keys file", keysFile),
      (
        "data sets",
        (try? DatasetFolder.find())
          ?? "the folder `datasets` is not found (GRADUS_DATASETS=FOLDER); generators work"
      ),
    ]
  }

  private var keysFile: String {
    guard let path = Keymaps.path else { return "none: HOME is not set" }
    guard access(path, R_OK) == 0 else { return "\(path) (not there: the keys of the help)" }
    let problems = Keymaps.ofUser().problems
    return problems.isEmpty ? path : "\(path): \(problems.joined(separator: "; "))"
  }

  private static func size(_ bytes: Int) -> String {
    let tenths = bytes / (1 << 20) * 10 / 1024
    return "\(tenths / 10).\(tenths % 10) GiB"
  }
}
