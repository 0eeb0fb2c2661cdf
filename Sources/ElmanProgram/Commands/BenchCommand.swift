import ArgumentParser
import Elman

/// `elman bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "The speed of this machine on a workload.",
        discussion: "Workloads: \(Workload.allCases.map(\.rawValue).joined(separator: ", ")).")

    @Argument(help: "The workload.") var workload: String
    @Option(help: "Folder with the texts, such as ptb/train.txt; see Benchmarks/README.md.", completion: .directory) var data =
        "data"
    @Option(help: "Seconds to measure.") var seconds = 5.0
    @Option(help: ArgumentHelp("Of language models: how products read their factors (float32).", valueName: "float32|bfloat16"))
    var precision: String?
    @OptionGroup var held: WeightFlags
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        let names = ProductPrecision.allCases.map(\.rawValue)
        if let precision, !names.contains(precision) {
            throw ValidationError("--precision is '\(precision)'\(suggestion(for: precision, among: names))")
        }
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is \(seconds); give above 0 to 3600") }
    }

    func run() throws {
        let console = common.start()
        guard let known = Workload(rawValue: workload) else {
            let names = Workload.allCases.map(\.rawValue)
            throw ProgramError(.usage, "there is no workload '\(workload)'\(suggestion(for: workload, among: names))")
        }
        let settings = BenchSettings(
            data: data, seconds: seconds, products: precision.flatMap { ProductPrecision(rawValue: $0) } ?? .float32,
            weights: held.precision)
        guard settings.products == .float32 || known.takesProductPrecision else {
            throw ProgramError(.usage, "\(workload) is measured in float32 only; leave --precision out")
        }
        guard settings.weights == .float32 || known.isGeneration else {
            throw ProgramError(.usage, "--weights is for generation-word and generation-char; leave it out")
        }
        let result = try known.measure(settings)
        console.print(json ? object(known, settings, result).text() : text(known, result))
    }

    private func object(_ workload: Workload, _ settings: BenchSettings, _ result: Measurement) -> JSONObject {
        var object: JSONObject = [
            "peer": "elman", "workload": .string(workload.rawValue), "threads": JSONValue(Processor.threadCount),
            "unit": .string(workload.unit), "simd": .string(Processor.simdLevel),
        ]
        if settings.products != .float32 { object["precision"] = .string(settings.products.rawValue) }
        if settings.weights != .float32 { object["weights"] = .string(settings.weights.rawValue) }
        object[workload.unit + "_per_sec"] = rounded(result.rate)
        object["min"] = rounded(result.lowest)
        object["max"] = rounded(result.highest)
        object["per_cpu_sec"] = rounded(result.ratePerProcessorSecond)
        object["updates"] = JSONValue(result.updates)
        if !workload.isGeneration {
            object["loss_after_N_updates"] = result.lossAfterWarmUp.map { JSONValue(($0 * 10000).rounded() / 10000) } ?? .null
            object["N"] = JSONValue(result.warmUpUpdates)
        }
        if let rate = result.evaluationRate { object["eval_" + workload.unit + "_per_sec"] = rounded(rate) }
        object["flops_per_unit"] = JSONValue(result.operationsPerUnit)
        object["peak_rss_mb"] = JSONValue((Measurement.peakMemory * 10).rounded() / 10)
        return object
    }

    private func rounded(_ value: Double) -> JSONValue { JSONValue((value * 100).rounded() / 100) }

    private func text(_ workload: Workload, _ result: Measurement) -> String {
        let gigaflops = result.rate * Double(result.operationsPerUnit) / 1e9
        return "\(workload.rawValue): \(grouped(Int(result.rate))) \(workload.unit)/s "
            + "(\(grouped(Int(result.lowest)))–\(grouped(Int(result.highest))))"
            + (result.evaluationRate.map { ", evaluation \(grouped(Int($0))) \(workload.unit)/s" } ?? "")
            + ", \(fixed(gigaflops, 1)) GFLOP/s in products, "
            + "\(counted(Processor.threadCount, "thread")), \(Processor.simdLevel), \(fixed(Measurement.peakMemory, 0)) MB"
    }
}
