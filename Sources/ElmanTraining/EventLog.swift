import ElmanFiles

/// What the log of a run says, for TensorBoard. The file is begun anew, with all that the log has, whenever the program starts.
final class EventLog {
    private let folder: RunFolder?
    private var file: EventFile?

    init(_ folder: RunFolder?) { self.folder = folder }

    /// Adds the numbers of an entry of the log, which is in the log already.
    func add(_ entry: JSONObject, _ health: TrainingHealth?) throws(DataError) {
        guard let folder else { return }
        guard let file else {
            file = try begin(folder)
            return
        }
        let ratios = (health?.ratios ?? []).map { (tag: "update_ratio/\($0.name)", value: $0.value) }
        try file.append(step: entry["step"]?.asInteger ?? 0, wallTime: wallSeconds(), Self.scalars(entry) + ratios)
    }

    private func begin(_ folder: RunFolder) throws(DataError) -> EventFile {
        let entries = try folder.readLog()
        func seconds(_ entry: JSONObject?) -> Double { entry?["seconds"]?.asDouble ?? 0 }
        let start = wallSeconds() - seconds(entries.last)
        let file = try EventFile(creating: folder.eventsPath, wallTime: start)
        for entry in entries {
            try file.append(
                step: entry["step"]?.asInteger ?? 0, wallTime: start + seconds(entry), Self.scalars(entry))
        }
        return file
    }

    /// Numbers that make a curve.
    private static func scalars(_ entry: JSONObject) -> [EventFile.Scalar] {
        entry.members.compactMap { member in
            guard member.key != "step", let number = member.value.asDouble else { return nil }
            return (member.key, number)
        }
    }
}
