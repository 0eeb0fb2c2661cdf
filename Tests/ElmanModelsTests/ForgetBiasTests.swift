import ElmanFiles
import ElmanGraph
import ElmanLayers
import Testing

@testable import ElmanModels

/// What the forget gates of language models start with.
@Suite struct ForgetBiasTests {
    private func model(_ bias: Float?) throws -> LanguageModel {
        try Fixture.model { configuration in
            configuration.layerCount = 2
            configuration.initialRange = 0.05
            configuration.initialForgetBias = bias
        }.0
    }

    /// The parameters by name, in storage order.
    private func values(_ model: LanguageModel) -> [String: [Float]] {
        var values: [String: [Float]] = [:]
        for parameter in model.parameters.parameters { values[parameter.name] = parameter.values.scalars }
        return values
    }

    @Test func onlyTheForgetGatesStartElsewhere() throws {
        let usual = values(try model(nil)), other = values(try model(0.25))
        #expect(usual.keys.sorted() == other.keys.sorted())
        for (name, scalars) in usual {
            let size = scalars.count / 4, forget = size..<2 * size
            for (index, scalar) in scalars.enumerated() {
                let offset: Float = name.hasPrefix("rnn/") && name.hasSuffix("bias") && forget.contains(index) ? -0.75 : 0
                #expect(other[name]?[index] == scalar + offset, "\(name) \(index)")
            }
        }
        #expect(values(try model(1)) == usual)
    }

    @Test func aGateIsOpenAsFarAsTheBiasSays() throws {
        for (bias, expected) in [(Float(0), 0.5), (3, 0.952_574)] {
            var options = NetworkOptions(initializer: .zeros)
            options.initialForgetBias = bias
            let network = makeNetwork(kind: .lstm, inputSize: 1, hiddenSize: 2, options: options, in: ParameterCollection())
            let graph = ComputationGraph()
            var state = network.start(from: [[graph.input([0, 0]), graph.input([1, 1])]], dropout: .none)
            state.addInput(graph.input([1]))
            let cell = try #require(state.parts.first?.last).value.scalars
            for scalar in cell { #expect(abs(Double(scalar) - expected) < 1e-6) }
        }
    }

    @Test func itIsKeptWithTheConfiguration() throws {
        var configuration = LanguageModelConfiguration()
        configuration.initialForgetBias = 0.5
        let read = try LanguageModelConfiguration(json: configuration.json, path: "config.json")
        #expect(read == configuration)
        #expect(LanguageModelConfiguration().json["forget-bias"] == .null)
    }

    @Test func whatHasNoSuchGateIsRefused() {
        var gated = LanguageModelConfiguration()
        gated.cell = .gru
        gated.initialForgetBias = 0
        #expect(throws: DataError.self) { try gated.validate() }
        var window = LanguageModelConfiguration()
        window.architecture = .feedForward
        window.initialForgetBias = 0
        #expect(throws: DataError.self) { try window.validate() }
        var negative = LanguageModelConfiguration()
        negative.initialForgetBias = -1
        #expect(throws: DataError.self) { try negative.validate() }
    }
}
