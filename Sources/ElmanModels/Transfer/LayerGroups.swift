import ElmanFiles
import ElmanGraph
import ElmanTraining

extension ParameterCollection {
    /// The parameters' names in groups, the lowest first, as fine-tuning takes them: what makes vectors of words, the recurrent layers
    /// of the encoder from the lowest to the highest, at last all that was made for the task.
    /// - Parameter encoder: what the names of the encoder's parameters begin with.
    package func layerGroups(encoder: String = "encoder/") -> [[String]] {
        var words: [String] = [], layers: [Int: [String]] = [:], head: [String] = []
        for name in names {
            guard name.hasPrefix(encoder) else {
                head.append(name)
                continue
            }
            let parts = name.dropFirst(encoder.count).split(separator: "/")
            if parts.count > 2, ["network", "rnn"].contains(parts[0]), let layer = Int(parts[1]) {
                layers[layer, default: []].append(name)
            } else if parts.first == "pooling" {
                head.append(name)
            } else {
                words.append(name)
            }
        }
        return ([words] + layers.sorted { $0.key < $1.key }.map(\.value) + [head]).filter { !$0.isEmpty }
    }

    /// The modules that parameters can be told by: the parts that their names begin with, and tables of vectors.
    package var modules: [String] {
        var modules: [String] = [], known: Set<String> = []
        for entry in entries {
            let parts = entry.name.split(separator: "/")
            for count in 1...parts.count where count < parts.count || entry.isLookup {
                let module = parts.prefix(count).joined(separator: "/")
                if known.insert(module).inserted { modules.append(module) }
            }
        }
        return modules
    }

    /// The names of the parameters of modules. A module is a part of names, or several that follow each other: `encoder`,
    /// `embeddings`, `network/0`, `encoder/network/0/forward`. Throws `.configuration`, with the list of all, for one that there is
    /// not; its message begins with `key`.
    package func names(ofModules modules: [String], key: String) throws(DataError) -> Set<String> {
        var result: Set<String> = []
        for module in modules {
            let wanted = module.split(separator: "/")
            let found = names.filter { name in
                let parts = name.split(separator: "/")
                guard !wanted.isEmpty, wanted.count <= parts.count, Int(wanted[0]) == nil else { return false }
                return (0...parts.count - wanted.count).contains { parts[$0..<$0 + wanted.count].elementsEqual(wanted) }
            }
            guard !found.isEmpty else {
                throw DataError(
                    .configuration,
                    "\(key) names “\(module)”, which is no part of the model; its parts are \(self.modules.joined(separator: ", "))"
                )
            }
            result.formUnion(found)
        }
        return result
    }
}
