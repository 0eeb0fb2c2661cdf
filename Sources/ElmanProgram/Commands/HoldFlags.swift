import ArgumentParser
import Elman

/// Units of a network that are held at a value.
struct HoldFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Hold a unit at a value, as rnn/0/hidden/12=0.5; may be given several times.", valueName: "layer/unit=value"))
    var pin: [String] = []
    @Option(help: ArgumentHelp("Hold a unit at 0, as rnn/0/hidden/12; may be given several times.", valueName: "layer/unit"))
    var ablate: [String] = []

    func validate() throws { _ = try units() }

    /// The units and their values.
    func units() throws -> [(unit: NetworkUnit, value: Float)] {
        try ablate.filter { $0 != "best" }.map { (try Self.unit($0, "--ablate"), 0) }
            + pin.map { text in
                guard let equals = text.lastIndex(of: "="), let value = Float(text[text.index(after: equals)...]), value.isFinite
                else { throw ValidationError("--pin is '\(text)'; give a unit and a value, as rnn/0/hidden/12=0.5") }
                return (try Self.unit(String(text[..<equals]), "--pin"), value)
            }
    }

    private static func unit(_ text: String, _ flag: String) throws -> NetworkUnit {
        guard let unit = NetworkUnit(text) else {
            throw ValidationError("\(flag) is '\(text)'; give a part of the network and a unit, as rnn/0/hidden/12")
        }
        return unit
    }

    /// What holds the units, where the network has them; nil where there are none to hold.
    func intervention(in model: any InspectableModel) throws -> Intervention? {
        let units = try units()
        if units.isEmpty { return nil }
        try Self.check(units.map(\.unit), in: model)
        let intervention = Intervention()
        for (unit, value) in units { intervention.hold(unit: unit.index, of: unit.part, at: value) }
        return intervention
    }

    /// Throws where a network has not the units, found by reading a token of its vocabulary.
    static func check(_ units: [NetworkUnit], in model: any InspectableModel) throws {
        let sizes = try UnitSizes(model)
        for unit in units {
            guard let size = sizes[unit.part] else {
                let names = sizes.names
                throw ProgramError(
                    .usage,
                    "the network has no part '\(printable(unit.part))' that can be held\(suggestion(for: unit.part, among: names)); it "
                        + "has \(names.joined(separator: ", "))")
            }
            guard unit.index < size else {
                throw ProgramError(.usage, "\(unit.part) has \(size) units, 0 to \(size - 1), not \(unit.index)")
            }
        }
    }
}

/// The parts of a network and how many units each has.
struct UnitSizes {
    let names: [String]
    private let sizes: [String: Int]

    init(_ model: any InspectableModel) throws {
        var text = InspectedText(tokens: ["a"])
        (text.tags, text.tree, text.target) = (["X"], "(0 a)", ["a"])
        if let model = model as? LanguageModel { text.tokens = [model.vocabulary[Int(model.boundary)]] }
        let record = try model.record(text)
        let states = record.series.filter { $0.name.hasSuffix("/hidden") || $0.name.hasSuffix("/cell") }
        names = states.map(\.name)
        sizes = Dictionary(states.map { ($0.name, $0.values.first?.count ?? 0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> Int? { sizes[name] }
}
