/// Successive halving (Jamieson and Talwalkar 2016; Li et al. 2018): all trials get a few epochs, the best of them more, and so on.
struct Halving: Equatable {
    /// One round.
    struct Rung: Equatable {
        /// Trials that take part.
        let trials: Int
        /// Epochs that each has had at its end.
        let epochs: Int
    }

    /// First to last; the last has all epochs.
    let rungs: [Rung]

    /// Rungs of r, r η, r η² … epochs up to R, each with a share 1/η of the trials of the one before, one at least.
    /// - Parameters:
    ///   - trials: how many begin.
    ///   - first: r, 1...epochs.
    ///   - epochs: R.
    ///   - reduction: η, 2 at least.
    init(trials: Int, first: Int, epochs: Int, reduction: Int) {
        var rungs: [Rung] = []
        var (trials, present) = (trials, first)
        while present < epochs, trials > 1 {
            rungs.append(Rung(trials: trials, epochs: present))
            trials = max(1, trials / reduction)
            present = present > epochs / reduction ? epochs : present * reduction
        }
        self.rungs = rungs + [Rung(trials: trials, epochs: epochs)]
    }

    /// Epochs in all.
    var epochCount: Int {
        var total = 0, before = 0
        for rung in rungs {
            total += rung.trials * (rung.epochs - before)
            before = rung.epochs
        }
        return total
    }
}
