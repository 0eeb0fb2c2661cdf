import ArgumentParser
import Elman

/// In how many bits a model's weights are held while it is used.
struct WeightFlags: ParsableArguments {
    private static let names = WeightPrecision.allCases.map(\.rawValue)

    @Option(
        help: ArgumentHelp(
            "In how many bits weights are held: fewer take less memory and time, and are less precise (float32).",
            valueName: names.joined(separator: "|")))
    var weights: String?
    @Flag(help: "The same as --weights bfloat16.") var half = false

    func validate() throws {
        if let weights, !Self.names.contains(weights) {
            throw ValidationError("--weights is '\(weights)'\(suggestion(for: weights, among: Self.names))")
        }
        if half, let weights, weights != WeightPrecision.bfloat16.rawValue {
            throw ValidationError("--half is --weights bfloat16, and --weights is \(weights); give one of them")
        }
    }

    var precision: WeightPrecision { half ? .bfloat16 : weights.flatMap { WeightPrecision(rawValue: $0) } ?? .float32 }
}
