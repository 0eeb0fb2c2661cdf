// swift-tools-version: 6.2
import PackageDescription

/// Continuous integration sets ELMAN_STRICT, so that our own warnings stop the build and nobody else's do.
let strict: [SwiftSetting] = Context.environment["ELMAN_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A short program made of the library's public parts: Examples/README.md.
func example(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Elman", "ExampleSupport"], path: "Examples/\(name)", swiftSettings: strict)
}

let examples = [
    "SentimentRNN", "SentimentLSTM", "LMLSTM", "LMMinibatch", "FeedForwardLM", "TextRetrieval", "EncoderDecoder",
    "AttentionDecoder", "BiLSTMTagger", "TeacherForcingTagger", "StructuredTagger", "CharacterTagger", "StackLSTMParser",
    "TreeLSTM", "BiaffineParser", "OwnCell", "WholeSequences",
]

let package = Package(
    name: "elman",
    platforms: [.macOS(.v14)],
    products: [
        .library(name: "Elman", targets: ["Elman"]),
        .executable(name: "elman", targets: ["ElmanProgram"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
    ],
    targets: [
        // A module imports only modules above it in this list.
        .target(name: "CElmanKernels"),
        library("ElmanTensor", ["CElmanKernels"]),
        library("ElmanGraph", ["ElmanTensor", "CElmanKernels"]),
        library("ElmanFiles", ["ElmanGraph"]),
        library("ElmanOptimizers", ["ElmanGraph", "CElmanKernels"]),
        library("ElmanLayers", ["ElmanGraph"]),
        library("ElmanText", ["ElmanFiles"]),
        library("ElmanTraining", ["ElmanFiles", "ElmanOptimizers"]),
        library("ElmanModels", ["ElmanTraining", "ElmanLayers", "ElmanText"]),
        library("ElmanInsight", ["ElmanModels"]),
        library("Elman", ["ElmanInsight"]),

        .target(name: "CElmanTexts", exclude: ["texts"]),
        .executableTarget(
            name: "ElmanProgram",
            dependencies: [
                "Elman", "CElmanTexts", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        tests("KernelTests", ["CElmanKernels"]),
        tests("ElmanTensorTests", ["ElmanTensor"]),
        tests("ElmanGraphTests", ["ElmanGraph"]),
        tests("ElmanFilesTests", ["ElmanFiles"]),
        tests("ElmanOptimizersTests", ["ElmanOptimizers"]),
        tests("ElmanLayersTests", ["ElmanLayers", "ElmanOptimizers"]),
        tests("ElmanTextTests", ["ElmanText"]),
        tests("ElmanTrainingTests", ["ElmanTraining", "ElmanLayers"]),
        tests("ElmanModelsTests", ["ElmanModels"]),
        tests("ElmanInsightTests", ["ElmanInsight"]),
        tests("ProgramTests", ["ElmanProgram"]),

        .target(name: "ExampleSupport", path: "Examples/ExampleSupport", swiftSettings: strict),
    ] + examples.map(example),
    cLanguageStandard: .gnu17
)
