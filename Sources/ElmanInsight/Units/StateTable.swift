import ElmanFiles
import ElmanGraph
import ElmanModels

/// The values of all units at every token of some texts: what unit searches and probes work on.
public struct StateTable: Sendable {
    /// A part of the network.
    public struct Part: Sendable {
        /// The series, as recordings call it: `rnn/0/cell`.
        public let name: String
        /// Units.
        public let size: Int
        /// The values, `size` for each row.
        public internal(set) var values: [Float] = []

        /// A part whose values follow.
        init(name: String, size: Int) { (self.name, self.size) = (name, size) }

        /// The values of a unit, one a row.
        public func column(_ unit: Int) -> [Float] { stride(from: unit, to: values.count, by: size).map { values[$0] } }
    }

    /// The token of every row.
    public private(set) var tokens: [String] = []
    /// The row where every text begins, and at last where they all end.
    public private(set) var starts = [0]
    /// The parts whose steps are tokens.
    public private(set) var parts: [Part] = []

    /// Which parts a table has.
    public enum Contents: Sendable, Hashable {
        /// Hidden values and memories.
        case states
        /// Hidden values and memories, and first the vectors of tokens.
        case statesAndVectors
    }

    /// Reads texts. Throws `.configuration` where the model has no states whose steps are tokens.
    /// - Parameter limit: how many tokens to read at most; the text in which they end is the last.
    public init(
        reading texts: [InspectedText], with model: any InspectableModel, contents: Contents = .states, limit: Int = .max
    ) throws(DataError) {
        let recording = Recording()
        let reader = InspectionReader(model, recording: recording, deciding: false)
        var rowTexts: [Int] = []
        try reader.read(texts, limit: limit) { (parts) throws(DataError) in
            add(parts, texts, recording, contents, rowTexts: &rowTexts)
        }
        // With a limit the text in which the tokens end is the last one.
        var counts = [Int](repeating: 0, count: limit == .max ? texts.count : (rowTexts.last ?? -1) + 1)
        for text in rowTexts { counts[text] += 1 }
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        guard !parts.isEmpty || tokens.isEmpty else {
            throw DataError(.configuration, "this model has no units whose steps are the tokens of a text")
        }
    }

    private mutating func add(
        _ read: [InspectionReader.Part], _ texts: [InspectedText], _ recording: Recording, _ contents: Contents,
        rowTexts: inout [Int]
    ) {
        var steps: [(part: Int, expression: Expression)] = []
        for part in read {
            for (place, series) in recording.series.enumerated() {
                let first = place < part.before.count ? part.before[place] : 0
                let last = place < part.after.count ? part.after[place] : first
                guard last > first, let index = index(of: series, part.inspection, last - first, contents) else { continue }
                let offset = part.inspection.steps(of: series.name, count: last - first)?.first ?? 0
                for token in part.inspection.places { steps.append((index, series.steps[first + offset + token])) }
            }
            tokens += texts[part.text].tokens[part.tokens]
            rowTexts += part.tokens.map { _ in part.text }
        }
        compute(steps.map(\.expression))
        for step in steps { parts[step.part].values += step.expression.value.scalars }
    }

    /// The place of a series among the parts; nil where it is none.
    private mutating func index(
        of series: Recording.Series, _ inspection: Inspection, _ count: Int, _ contents: Contents
    ) -> Int? {
        let isVector = series.name == inspection.vectorSeries
        let isState = series.name.hasSuffix("/hidden") || series.name.hasSuffix("/cell")
        guard isState || (isVector && contents == .statesAndVectors),
            inspection.steps(of: series.name, count: count)?.first != nil, let size = series.steps.first?.shape.totalCount
        else { return nil }
        if let known = parts.firstIndex(where: { $0.name == series.name }) { return known }
        parts.append(Part(name: series.name, size: size))
        return parts.count - 1
    }

    /// How many texts there are.
    public var textCount: Int { starts.count - 1 }

    /// The rows of a text.
    public func rows(of text: Int) -> Range<Int> { starts[text]..<starts[text + 1] }
}

extension StateTable {
    /// One row a text instead of one a token: what a network knows at the end of its reading. Of parts that read backwards that is
    /// the first token; of tokens' vectors it is their mean. Texts without tokens have zeros.
    public func summaries() -> StateTable {
        var result = self
        result.tokens = (0..<textCount).map { tokens[rows(of: $0)].joined(separator: " ") }
        result.starts = Array(0...textCount)
        for (index, part) in parts.enumerated() {
            result.parts[index].values = (0..<textCount).flatMap { text in
                let rows = rows(of: text)
                if rows.isEmpty { return [Float](repeating: 0, count: part.size) }
                if !part.name.hasSuffix("/hidden"), !part.name.hasSuffix("/cell") { return mean(part, rows) }
                let row = part.name.contains("/backward/") ? rows.lowerBound : rows.upperBound - 1
                return Array(part.values[row * part.size..<(row + 1) * part.size])
            }
        }
        return result
    }

    private func mean(_ part: Part, _ rows: Range<Int>) -> [Float] {
        (0..<part.size).map { unit in
            rows.reduce(0) { $0 + part.values[$1 * part.size + unit] } / Float(rows.count)
        }
    }
}
