// swift-tools-version: 6.1
import PackageDescription

/// Numeric rooms are optimised in debug builds too, so that tests are quick.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])]

let package = Package(
  name: "gradus",
  products: [
    .executable(name: "gradus", targets: ["gradus"]),
    .executable(name: "conformance", targets: ["conformance"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CKernels", cSettings: kernelFlags),
    .target(
      name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

    .target(name: "Vocabulary"),
    .target(name: "CFiles"),
    .target(name: "Files", dependencies: ["CFiles"], swiftSettings: optimised),
    .target(name: "Archives", dependencies: ["CSQLite", "Files"]),
    .target(name: "Drawing"),
    .target(name: "Plots", dependencies: ["CKernels", "Drawing"], swiftSettings: optimised),
    .target(name: "Tensors", dependencies: ["CKernels", "Vocabulary"], swiftSettings: optimised),
    .target(name: "Formats", dependencies: ["CZlib", "Tensors"], swiftSettings: optimised),
    .target(name: "ONNX", dependencies: ["Formats", "Tensors"], swiftSettings: optimised),
    .target(name: "Autograd", dependencies: ["Tensors", "Vocabulary"]),
    .target(name: "Layers", dependencies: ["Autograd", "Tensors", "Vocabulary"]),
    .target(name: "Datasets", dependencies: ["Tensors", "Files", "Vocabulary"]),
    .target(
      name: "Training", dependencies: ["Layers", "Autograd", "Tensors", "Datasets", "Vocabulary"]),
    .target(
      name: "Language", dependencies: ["Autograd", "Tensors", "Files", "Vocabulary"]),
    .target(
      name: "Library",
      dependencies: [
        "Language", "Layers", "Datasets", "Training", "Plots", "Autograd", "Tensors", "Drawing",
        "ONNX", "Formats", "Archives", "Files", "Vocabulary",
      ]),
    .target(
      name: "Notebooks",
      dependencies: [
        "Library", "Language", "Training", "Archives", "Plots", "Drawing", "Autograd", "Formats",
        "Tensors", "Files",
      ]),
    .target(
      name: "Lessons",
      dependencies: [
        "Notebooks", "Library", "Language", "Plots", "Drawing", "Training", "Formats", "Autograd",
        "Tensors", "Vocabulary", "Files",
      ]),
    .target(
      name: "Benchmarks",
      dependencies: [
        "Library", "Language", "Training", "Plots", "Drawing", "Autograd", "Tensors", "Vocabulary",
      ]),
    .target(name: "Terminal", dependencies: ["Drawing", "Files", "CTerminal"]),
    .target(
      name: "Studio",
      dependencies: [
        "Lessons", "Notebooks", "Library", "Language", "Training", "Plots", "Terminal", "Drawing",
        "Autograd", "Tensors", "Vocabulary", "Files",
      ]),
    .executableTarget(
      name: "gradus",
      dependencies: [
        "Studio", "Terminal", "Lessons", "Notebooks", "Benchmarks", "Library", "Language",
        "Datasets", "Formats", "Tensors", "Drawing", "Files",
        "Vocabulary", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "conformance",
      dependencies: [
        "Training", "ONNX", "Layers", "Formats", "Autograd", "Tensors", "Files",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Sources/Conformance"),

    .target(name: "CPseudoTerminal", path: "Tests/CPseudoTerminal"),
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Files"], path: "Tests/TestSupport"),
    .target(
      name: "ProgramCheck", dependencies: ["Library", "Language", "Tensors", "Files"],
      path: "Tests/ProgramCheck", exclude: ["Corpus"]),
    .target(
      name: "FormatCheck",
      dependencies: ["Notebooks", "Formats", "Datasets", "Files", "Tensors"],
      path: "Tests/FormatCheck"),
    .target(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer", "ProgramCheck", "FormatCheck", "Notebooks", "Library", "Language", "Training",
        "Files", "Tensors",
      ],
      path: "Tests/Fuzz"),
    .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary"]),
    .testTarget(name: "ArchivesTests", dependencies: ["Archives", "Files", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "CKernels", "COpenBLAS", "TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "AutogradTests", dependencies: ["Autograd", "Tensors", "TestSupport"]),
    .testTarget(
      name: "LayersTests", dependencies: ["Layers", "Autograd", "Tensors", "TestSupport"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "Tensors", "Files", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "Layers", "Autograd", "Tensors", "TestSupport"]),
    .testTarget(
      name: "NotebooksTests",
      dependencies: [
        "Notebooks", "Library", "FormatCheck", "Formats", "Language", "Tensors", "Files",
        "TestSupport",
      ]),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["Benchmarks", "Training", "TestSupport"]),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "CTerminal", "TestSupport"]),
    .testTarget(
      name: "StudioTests",
      dependencies: [
        "Studio", "Lessons", "Notebooks", "Terminal", "Drawing", "Files", "TestSupport",
      ],
      exclude: ["Goldens"]),
    .testTarget(
      name: "GradusTests",
      dependencies: ["gradus", "CPseudoTerminal", "Lessons", "Drawing", "Files", "TestSupport"]),
    .testTarget(
      name: "LessonsTests", dependencies: ["Lessons", "Language", "Files", "TestSupport"]),
    .testTarget(
      name: "FormatsTests",
      dependencies: ["Formats", "FormatCheck", "Tensors", "Files", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "ONNXTests", dependencies: ["ONNX", "Formats", "Tensors", "TestSupport"]),
    .testTarget(name: "DrawingTests", dependencies: ["Drawing"]),
    .testTarget(
      name: "PlotsTests", dependencies: ["Plots", "Drawing", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "LanguageTests",
      dependencies: [
        "Language", "Library", "Autograd", "Tensors", "Files", "ProgramCheck", "TestSupport",
      ],
      exclude: ["Programs", "Diagnoses"]),
    .testTarget(
      name: "LibraryTests",
      dependencies: [
        "Library", "Language", "Training", "Layers", "Autograd", "Tensors", "Files", "TestSupport",
      ], exclude: ["Goldens", "WorkedExamples"]),
  ],
  swiftLanguageModes: [.v6]
)
