import ElmanFiles

extension TrainingLoop {
    /// Saves something, with a wait and another try for each of the waits that the options name.
    ///
    /// Where it fails to the last, this throws, unless such errors are to be ignored: then it tells of the error and returns it.
    package func save(mustSucceed: Bool = false, _ body: () throws -> Void) throws -> DataError? {
        var waits = options.saveWaits[...]
        let tries = waits.count + 1
        while true {
            do {
                try body()
                return nil
            } catch let error as DataError where error.kind == .inputOutput || error.kind == .cannotCreate {
                if let wait = waits.popFirst() {
                    let number = tries - waits.count
                    let request = try handler(
                        .warning("\(error); trying again in \(wait.formatted) (\(number) of \(tries))"))
                    // Whoever wants to stop does not want to wait.
                    if case .stop = request { throw error }
                    pause(seconds: wait)
                } else if options.ignoresSaveErrors, !mustSucceed {
                    _ = try handler(.warning("\(error); going on unsaved"))
                    return error
                } else {
                    throw error
                }
            }
        }
    }
}

extension Double {
    /// `1 second`, `2.5 seconds`.
    fileprivate var formatted: String {
        self == 1 ? "1 second" : "\(self == rounded() ? String(Int(self)) : String(self)) seconds"
    }
}
