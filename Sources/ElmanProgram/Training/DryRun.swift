import Elman

/// `elman train --dry-run`: what would be trained, and on what.
struct DryRun {
    let prepared: any PreparedTraining
    let console: Console

    func run() throws {
        try prepared.checkFineTuning()
        try prepared.checkMemory(Console(verbosity: .quiet))
        let task = try prepared.makeTask()
        let updates = task.beginEpoch(1)
        for line in prepared.summary { console.print(line) }
        for warning in prepared.warnings { console.warn(warning) }
        console.print()
        let entries = task.parameters.entries.map { entry in
            let shape = entry.isLookup ? entry.shape.dimensions.reversed() : entry.shape.dimensions
            return [entry.name, "\(shape)", grouped(entry.shape.count)]
        }
        for line in alignedColumns(entries, header: ["parameters", "shape", "numbers"]) { console.print(line) }
        console.print("\(grouped(task.parameters.entries.reduce(0) { $0 + $1.shape.count })) parameters")
        console.print()
        if let memory = prepared.memory { console.print(memory) }
        let epochs = prepared.training.options.epochs
        console.print(
            "\(counted(updates, "update")) an epoch, \(grouped(updates * epochs)) in \(counted(epochs, "epoch"))")
        console.print()
        for line in RunTraining.batchSummary(of: task) { console.print(line) }
        for line in prepared.firstBatch(of: task) { console.print(line) }
        console.detailPeakMemory()
    }
}
