/// How far the gradient of a model's loss reaches through a text: its norm at tokens so far from what is decided.
public struct GradientReach: Sendable, Hashable {
    /// `before[d]` = mean ‖∂L/∂x‖ over decisions, x the vector of the token that stands d tokens before the decision's; at 0 its own.
    /// Of a decision about the whole text that is the last token.
    public var before: [Double] { sums.map { $0.norm / Double($0.count) } }
    /// The same for tokens that follow: `after[0]` is the next one. Empty where nothing that follows is read.
    public var after: [Double] { followingSums.map { $0.norm / Double($0.count) } }

    private var sums: [Sum] = []
    private var followingSums: [Sum] = []

    private struct Sum: Sendable, Hashable {
        var norm = 0.0
        var count = 0

        mutating func add(_ value: Double) {
            norm += value
            count += 1
        }
    }

    /// Nothing measured.
    init() {}

    /// Adds the norms at all tokens of a text for a decision after the token at a place.
    mutating func add(_ norms: [Double], place: Int) {
        for (token, norm) in norms.enumerated() {
            let distance = place - token
            if distance >= 0 {
                while sums.count <= distance { sums.append(Sum()) }
                sums[distance].add(norm)
            } else {
                while followingSums.count < -distance { followingSums.append(Sum()) }
                followingSums[-distance - 1].add(norm)
            }
        }
    }

    /// Drops distances of which nothing comes: what a model that reads in one direction would see later.
    mutating func dropUnreached() {
        if followingSums.allSatisfy({ $0.norm == 0 }) { followingSums = [] }
    }
}
