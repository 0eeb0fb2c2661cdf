import ElmanTensor

extension Trainer {
    /// Begins the averaging `.nonMonotonic` where it is due and has not begun; to be called after every evaluation. Nothing
    /// happens under any other averaging.
    /// - Parameter developmentLosses: the losses of all evaluations so far, oldest first; lower is better.
    /// - Returns: whether it begins now.
    @discardableResult
    public func beginAveragingIfDue(developmentLosses: [Double]) -> Bool {
        guard case .nonMonotonic(let interval) = averaging.kind, !averager.isTriggered,
            nonMonotonicTrigger(developmentLosses, interval: interval)
        else { return false }
        averager.isTriggered = true
        return true
    }

    /// Whether an average was made, so that it can be swapped in.
    public var hasAverages: Bool { averager.hasAverages }

    /// Whether the parameters hold the averaged weights at present.
    public var averagesAreSwappedIn: Bool { averager.isSwappedIn }

    /// Puts the averages in place of the weights, for evaluation or saving; every bit of the weights is kept for
    /// `swapOutAverages`. Nothing happens where they are in place already or where there are none yet.
    /// - Returns: whether the parameters now hold averages.
    @discardableResult
    public func swapInAverages() -> Bool {
        refreshEntries()
        if !averager.isSwappedIn, averager.hasAverages { averager.swap(entries) }
        return averager.isSwappedIn
    }

    /// Puts the weights back in place of their averages. Nothing happens where they are in place.
    public func swapOutAverages() {
        if averager.isSwappedIn { averager.swap(entries) }
    }

    /// Runs `body` with the averages in place, where there are any.
    public func withAverages<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let wasSwappedIn = averager.isSwappedIn
        swapInAverages()
        defer { if !wasSwappedIn { swapOutAverages() } }
        return try body()
    }
}
