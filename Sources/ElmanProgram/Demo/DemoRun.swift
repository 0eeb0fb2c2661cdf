import Elman

/// What all demos share: where the run is kept, how it is trained, how it ends.
struct DemoRun {
    let output: String
    let epochs: Int
    let seed: Int
    let console: Console

    /// A text inside the program.
    func text(_ name: String) throws -> [UInt8] {
        guard let text = EmbeddedText.bytes(name) else {
            throw ProgramError(.internalFault, "the program was built without its text \(name)")
        }
        return text
    }

    /// The folder of the run, of which an earlier demo is taken away, with its configuration.
    func makeFolder(_ configuration: JSONObject) throws -> RunFolder {
        let folder = try RunFolder.create(output, force: true)
        try folder.write(configuration: configuration, programVersion: elmanVersion)
        return folder
    }

    /// Trains, and writes the report.
    func train(
        _ task: any TrainingTask, _ settings: TrainSettings, _ configuration: JSONObject, in folder: RunFolder, metric: String,
        unit: String
    ) throws {
        let loop = try RunTraining.makeLoop(task, settings, configuration: configuration, folder)
        Console.output.flush()
        Signals.install()
        defer { Signals.restore() }
        let display = TrainingDisplay(console: console, metricName: "dev \(metric)", unit: unit)
        loop.handler = { event in
            display.show(event)
            return Signals.stop == nil ? .proceed : .stop
        }
        let end = try loop.run()
        display.finish()
        if end == .stopped, let stop = Signals.stop { throw ExitWithStatus(status: stop.status) }
        try RunReport.write(folder)
    }

    /// The last lines: how long it took, and what to try next.
    func finish(since start: Double, _ commands: [String]) {
        console.print("\(fixed(monotonicSeconds() - start, 0)) seconds in all. The run is in \(output). Try next:")
        for command in commands { console.print("  " + command) }
    }
}
