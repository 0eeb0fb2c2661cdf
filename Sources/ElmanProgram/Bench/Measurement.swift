import Elman

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What the clock says of a workload: the median rate over windows, and how far the windows lie apart.
struct Measurement {
    var rate = 0.0
    var lowest = 0.0
    var highest = 0.0
    var ratePerProcessorSecond = 0.0
    var updates = 0
    var lossAfterWarmUp: Double?
    var warmUpUpdates = 0
    /// Units a second without learning, where a workload measures it.
    var evaluationRate: Double?
    /// Floating-point operations of the matrix products for one unit: two a multiply-add; training is three times the forward pass.
    var operationsPerUnit = 0

    /// Runs `step` on one item after the other: first the warm-up, whose second half gives the loss, then `windows` windows.
    static func run<Item>(
        _ items: [Item], seconds: Double, warmUp: Int, windows: Int = 5, step: (Item) -> (loss: Double, units: Int)
    ) -> Measurement {
        var result = Measurement()
        var tailLoss = 0.0, tailUnits = 0, next = 0
        for update in 0..<warmUp {
            let (loss, units) = step(items[next % items.count])
            next += 1
            if update >= warmUp / 2 {
                tailLoss += loss
                tailUnits += units
            }
        }
        result.warmUpUpdates = warmUp
        result.lossAfterWarmUp = tailLoss / Double(max(tailUnits, 1))
        var rates: [Double] = [], processorRates: [Double] = []
        for _ in 0..<windows {
            let start = now(), processorStart = processorTime()
            var units = 0
            repeat {
                units += step(items[next % items.count]).units
                next += 1
                result.updates += 1
            } while now() - start < seconds / Double(windows)
            rates.append(Double(units) / (now() - start))
            processorRates.append(Double(units) / (processorTime() - processorStart))
        }
        rates.sort()
        result.rate = rates[rates.count / 2]
        result.lowest = rates[0]
        result.highest = rates[rates.count - 1]
        result.ratePerProcessorSecond = processorRates.sorted()[processorRates.count / 2]
        return result
    }

    static func now() -> Double { time(CLOCK_MONOTONIC) }
    static func processorTime() -> Double { time(CLOCK_PROCESS_CPUTIME_ID) }

    private static func time(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The largest resident set of this process so far, in megabytes.
    static var peakMemory: Double {
        // On Linux `getrusage` counts what the process was before it became this program, such as a large test runner.
        if let kilobytes = highWaterMark() { return kilobytes / 1024 }
        var usage = rusage()
        #if canImport(Darwin)
            getrusage(RUSAGE_SELF, &usage)
            return Double(usage.ru_maxrss) / 1_048_576
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return Double(usage.ru_maxrss) / 1024
        #endif
    }

    /// `VmHWM` of Linux, in kilobytes.
    private static func highWaterMark() -> Double? {
        guard let bytes = try? FileSystem.readFile("/proc/self/status", maximumSize: 1 << 16) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) }
        }
        return nil
    }
}
