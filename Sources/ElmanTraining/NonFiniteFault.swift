import ElmanFiles
import ElmanGraph
import ElmanTensor

/// What a loop does about an update whose loss or gradient is not finite.
public enum NonFiniteReaction: String, Sendable, Hashable, CaseIterable {
    /// The run ends with an error.
    case stop
    /// The update changes nothing and the run goes on with the next; it ends all the same where weights are not finite, or
    /// after very many such updates in a row.
    case skip
}

/// An update whose loss or gradient is not finite, and where that begins.
struct NonFiniteFault {
    /// The sum of losses of the update.
    let loss: Double
    /// The first node with a value that is not finite, described; nil where all values are finite.
    let firstNode: String?
    /// Parameters whose gradients are not finite.
    let gradients: [String]
    /// Parameters whose values are not finite.
    let parameters: [String]

    /// What is wrong, for messages.
    var description: String {
        if !parameters.isEmpty { return "the loss is \(loss) because of weights that are not finite: \(list(parameters))" }
        if loss.isFinite { return "the gradient of \(list(gradients)) is not finite" }
        return "the loss is \(loss)" + (firstNode.map { " (\($0))" } ?? "")
    }

    private func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }
}

extension TrainingLoop {
    /// Folders that one start of a run keeps of updates that are skipped.
    private static let keptFolders = 3
    /// After so many skipped updates in a row the run ends.
    static let longestSkip = 100

    /// Finds where an update goes wrong, by repeating it with every value checked, unless it is too long for that.
    func findFault(loss: Double, gradients: [String], repeats: Bool) -> NonFiniteFault {
        let checked = ComputationGraph(checksFinite: true)
        checked.productPrecision = options.precision
        checked.seed = seed(ofUpdate: progress.update)
        var node: String?
        if repeats {
            do {
                try checked.checking { _ = task.loss(ofUpdate: progress.updateInEpoch, in: checked).total.value }
            } catch {
                node = "\(error)"
            }
        }
        let parameters = parameters.entries.filter { entry in
            !entry.copy(of: entry.values).allSatisfy(\.isFinite)
        }
        return NonFiniteFault(loss: loss, firstNode: node, gradients: gradients, parameters: parameters.map(\.name))
    }

    /// Keeps what is needed to look into a fault, then either tells of it or throws it. Everything is as before the update.
    func react(to fault: NonFiniteFault) throws {
        skipsInARow += 1
        let isSkipped = options.onNonFinite == .skip && fault.parameters.isEmpty && skipsInARow < Self.longestSkip
        var place = ""
        if let folder, !isSkipped || keptFaultCount < Self.keptFolders {
            keptFaultCount += 1
            do {
                place = ", kept in " + (try keep(fault, in: folder))
            } catch {
                _ = try handler(.warning("\(error)"))
            }
        }
        guard isSkipped else {
            let again = skipsInARow > 1 ? ", after \(skipsInARow - 1) updates in a row that were skipped" : ""
            throw DataError(
                .computation,
                "\(fault.description) at update \(progress.update + 1), epoch \(progress.epoch)\(again)\(place); "
                    + "lower the learning rate or set clip" + (options.onNonFinite == .stop ? ", or skip such updates" : ""))
        }
        _ = try handler(.warning("update \(progress.update + 1) skipped: \(fault.description)\(place)"))
    }

    /// Writes the folder `nan-step-N`: what the update was of, and model and checkpoint as they were before it.
    private func keep(_ fault: NonFiniteFault, in folder: RunFolder) throws -> String {
        let path = folder.nonFiniteStepPath(progress.update + 1)
        try FileSystem.remove(path)
        try FileSystem.createDirectory(path)
        let names: ([String]) -> JSONValue = { .array($0.map { .string($0) }) }
        let step: JSONObject = [
            "update": JSONValue(progress.update + 1), "epoch": JSONValue(progress.epoch),
            "update_in_epoch": JSONValue(progress.updateInEpoch + 1), "learning_rate": JSONValue(trainer.learningRate),
            "loss": .string("\(fault.loss)"), "first_node": fault.firstNode.map { .string($0) } ?? .null,
            "non_finite_gradients": names(fault.gradients), "non_finite_parameters": names(fault.parameters),
            "batch": .object(task.contents(ofUpdate: progress.updateInEpoch)),
        ]
        try AtomicFile.write(step.text(pretty: true) + "\n", to: FileSystem.join(path, "step.json"))
        try task.saveModel(to: FileSystem.join(path, "model.safetensors"))
        try Checkpoint.write(self, to: FileSystem.join(path, "checkpoint.safetensors"))
        return path
    }
}
