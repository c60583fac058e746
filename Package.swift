// swift-tools-version: 6.1
import PackageDescription

/// Numeric rooms are optimised in debug builds too, so that tests are quick.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]

let package = Package(
  name: "gradus",
  products: [.executable(name: "gradus", targets: ["gradus"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CNCurses", providers: [.apt(["libncursesw5-dev"])]),
    .target(name: "CKernels", cSettings: kernelFlags),
    .target(name: "CTerminal", dependencies: ["CNCurses"]),

    .target(name: "Vocabulary"),
    .target(name: "Files", swiftSettings: optimised),
    .target(name: "Drawing"),
    .target(name: "Tensors", dependencies: ["CKernels", "Vocabulary"], swiftSettings: optimised),
    .target(name: "Autograd", dependencies: ["Tensors", "Vocabulary"]),
    .target(name: "Layers", dependencies: ["Autograd", "Tensors", "Vocabulary"]),
    .target(name: "Datasets", dependencies: ["Tensors", "Files", "Vocabulary"]),
    .target(
      name: "Training", dependencies: ["Layers", "Autograd", "Tensors", "Datasets", "Vocabulary"]),
    .target(name: "Plots", dependencies: ["Drawing", "Vocabulary"]),
    .target(
      name: "Language", dependencies: ["Autograd", "Tensors", "Drawing", "Files", "Vocabulary"]),
    .target(
      name: "Library",
      dependencies: [
        "Language", "Layers", "Datasets", "Training", "Plots", "Autograd", "Tensors", "Drawing",
        "Files", "Vocabulary",
      ]),
    .target(
      name: "Notebooks",
      dependencies: [
        "Library", "Language", "Training", "Plots", "Tensors", "Drawing", "Files", "Vocabulary",
      ]),
    .target(name: "Terminal", dependencies: ["Drawing", "CTerminal", "CNCurses"]),
    .target(
      name: "Studio",
      dependencies: [
        "Notebooks", "Library", "Language", "Training", "Plots", "Terminal", "Drawing", "Files",
        "Vocabulary",
      ]),
    .executableTarget(
      name: "gradus",
      dependencies: [
        "Studio", "Notebooks", "Library", "Language", "Tensors", "Terminal", "Drawing", "Files",
        "Vocabulary", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(
      name: "TestSupport", dependencies: ["Tensors", "Drawing", "Files"], path: "Tests/TestSupport"),
    .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(
      name: "DrawingTests", dependencies: ["Drawing", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "CKernels", "COpenBLAS", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "AutogradTests", dependencies: ["Autograd", "Tensors", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "LayersTests", dependencies: ["Layers", "Autograd", "Tensors", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Tensors", "Files", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "Layers", "Autograd", "Tensors", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PlotsTests", dependencies: ["Plots", "Drawing", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "LanguageTests",
      dependencies: ["Language", "Library", "Autograd", "Tensors", "TestSupport"],
      exclude: ["Programs"]),
    .testTarget(
      name: "LibraryTests",
      dependencies: [
        "Library", "Language", "Training", "Layers", "Autograd", "Tensors", "Plots", "TestSupport",
      ],
      exclude: ["Programs"]),
    .testTarget(
      name: "NotebooksTests",
      dependencies: ["Notebooks", "Library", "Language", "Files", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "Drawing", "CTerminal", "TestSupport"]),
    .testTarget(
      name: "StudioTests",
      dependencies: ["Studio", "Notebooks", "Terminal", "Drawing", "TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(name: "GradusTests", dependencies: ["gradus", "Files", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
