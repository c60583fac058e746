import ArgumentParser
import Files
import Formats

/// PNG files beside their pixels as JSON lists of red, green, blue, alpha.
struct PicturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "png", abstract: "Reads every PNG of a folder and compares its pixels.")

  @Argument(help: "The folder of the pictures.") var pictures: String
  @Argument(help: "The folder of NAME.json.") var pixels: String
  @Flag(help: "Only cases that do not pass, and the summary.") var failures = false

  func run() throws {
    var (passed, total) = (0, 0)
    for name in Folder.names(pictures) where name.hasSuffix(".png") {
      let title = String(name.dropLast(4))
      let verdict = verdict(title)
      total += 1
      passed += verdict.isPass ? 1 : 0
      if !failures || !verdict.isPass {
        print("\(verdict.isPass ? "pass" : "fail")  \(title)  \(verdict.reason)")
      }
    }
    print("\(passed) pass, \(total - passed) fail of \(total)")
  }

  private func verdict(_ title: String) -> (isPass: Bool, reason: String) {
    // PngSuite's names of damaged files begin with an x.
    let isDamaged = title.hasPrefix("x")
    let wanted = (try? FileBytes.read("\(pixels)/\(title).json")).map { text in
      text.split { !(48...57).contains($0) }.compactMap {
        UInt16(String(decoding: $0, as: UTF8.self))
      }
    }
    do {
      let image = try PNGImage(FileBytes.read("\(pictures)/\(title).png"))
      if isDamaged { return (false, "read, but it should be refused") }
      return image.colours == wanted ? (true, "") : (false, "pixels differ")
    } catch {
      let reason = (error as? FormatError)?.message ?? "\(error)"
      return (isDamaged, reason)
    }
  }
}

extension PNGImage {
  /// Red, green, blue and alpha of each pixel.
  fileprivate var colours: [UInt16] {
    (0..<width * height).flatMap { pixel -> [UInt16] in
      let own = samples[pixel * channels..<(pixel + 1) * channels]
      let first = own.startIndex
      let opaque = UInt16(maximum)
      switch channels {
      case 1: return [own[first], own[first], own[first], opaque]
      case 2: return [own[first], own[first], own[first], own[first + 1]]
      case 3: return own + [opaque]
      default: return Array(own)
      }
    }
  }
}
