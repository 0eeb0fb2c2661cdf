import ElmanFiles

extension RecordedText {
    /// Writes the values to a file, by its name's end: `.safetensors` or `.csv`. Throws `.configuration` for another.
    public func write(to path: String) throws(DataError) {
        if path.hasSuffix(".safetensors") { return try writeTensors(to: path) }
        guard path.hasSuffix(".csv") else {
            throw DataError(.configuration, path: path, "the end of the name says the format; give .safetensors or .csv")
        }
        try AtomicFile.write(Array(table.utf8), to: path)
    }

    /// One tensor a series, `[steps, units]`, under the series' name; where steps differ in size, one vector a step. The
    /// metadata have the tokens, and under `steps.` and a series' name what its steps are where they are no tokens.
    private func writeTensors(to path: String) throws(DataError) {
        var metadata: SafetensorsMetadata = ["tokens": Self.list(tokens)]
        var tensors: [TensorSource] = []
        for series in series {
            if series.first == nil || series.steps != tokens { metadata["steps.\(series.name)"] = Self.list(series.steps) }
            if let size = series.size {
                tensors.append(
                    TensorSource(name: series.name, shape: [series.values.count, size], floats: Array(series.values.joined())))
                continue
            }
            for (step, values) in series.values.enumerated() {
                tensors.append(TensorSource(name: "\(series.name)/\(step)", shape: [values.count], floats: values))
            }
        }
        try Safetensors.write(to: path, tensors: tensors, metadata: metadata)
    }

    private static func list(_ names: [String]) -> String { JSONValue.array(names.map { .string($0) }).text() }

    /// One value a line: `series,step,token,unit,value`, with quotes as RFC 4180 has them.
    public var table: String {
        var result = "series,step,token,unit,value\n"
        for series in series {
            let name = Self.field(series.name)
            for (step, values) in series.values.enumerated() {
                let start = "\(name),\(step),\(Self.field(step < series.steps.count ? series.steps[step] : "")),"
                for (unit, value) in values.enumerated() { result += "\(start)\(unit),\(value)\n" }
            }
        }
        return result
    }

    private static func field(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
    }
}
