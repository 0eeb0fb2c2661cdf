/// Columns of a table in which the best cell is marked by a word.
enum BestMarks {
    /// The texts of values to one width, with `best` behind the best one and all that read the same. Nothing is best where all do.
    static func column(_ values: [Double?], lowerIsBetter: Bool, _ text: (Double) -> String) -> [String] {
        let texts = values.map { value in value.map { $0.isFinite ? text($0) : fixed($0, 0) } ?? "–" }
        let width = texts.map(displayWidth).max() ?? 0
        let known = values.compactMap { $0 }.filter(\.isFinite)
        let best = (lowerIsBetter ? known.min() : known.max()).map(text)
        let isMarked = Set(known.map(text)).count > 1
        return texts.map { text in
            String(repeating: " ", count: width - displayWidth(text)) + text + (isMarked && text == best ? " best" : "")
        }
    }
}
