import ArgumentParser
import Elman

/// How trained models are measured.
struct MeasuringFlags: ParsableArguments {
    @Flag(help: "Language models: begin every line anew, also where the model was trained on a stream.") var resetState = false
    @OptionGroup var held: WeightFlags
    @Option(help: ArgumentHelp("Translations: hypotheses of the beam search (1).", valueName: "n")) var beam: Int?
    @OptionGroup(title: "Adapting to the text") var adaptation: AdaptationFlags

    func validate() throws {
        if let beam, !(1...1000).contains(beam) { throw ValidationError("--beam is \(beam); give 1 to 1000") }
    }

    /// What they say.
    var options: MeasuringOptions {
        MeasuringOptions(
            resetsState: resetState, weights: held.precision, beam: beam, adaptation: adaptation.adaptation)
    }
}
