/// A unit of a network.
public struct NetworkUnit: Sendable, Hashable, CustomStringConvertible {
    /// The part of the network: `rnn/0/cell`.
    public let part: String
    /// The element of it.
    public let index: Int

    /// A unit.
    public init(part: String, index: Int) { (self.part, self.index) = (part, index) }

    /// A unit as it is written: `rnn/0/cell/12`. Nil for anything else.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let index = Int(text[text.index(after: slash)...]), index >= 0 else {
            return nil
        }
        self.init(part: String(text[..<slash]), index: index)
    }

    /// `rnn/0/cell/12`.
    public var description: String { "\(part)/\(index)" }
}

/// How well a unit follows a predicate.
public struct UnitScore: Sendable, Hashable {
    /// Which one.
    public let unit: NetworkUnit
    /// Pearson's correlation with the predicate (of true and false the point-biserial one) on the half that is searched.
    public let searched: Double
    /// The same on the half that is held out.
    public let heldOut: Double
    /// Of true and false: how well one value of the unit tells them apart. Found in one half and measured on the other.
    public var threshold: UnitThreshold?
}

/// One value of a unit as a classifier.
public struct UnitThreshold: Sendable, Hashable {
    /// What lies above it is true, or false where `isAbove` is false.
    public let value: Float
    /// Whether the unit is high where the predicate is true.
    public let isAbove: Bool
    /// The share of tokens that are told right in the half that is held out.
    public let accuracy: Double
    /// What always saying the commoner of true and false has there.
    public let majority: Double
    /// The area under the curve of hits by false alarms there: how often a true token has a higher value than a false one, or a
    /// lower one where that is so in the half that is searched; 0.5 is chance.
    public let areaUnderCurve: Double

    /// The best value for `searched`, measured on `heldOut`. Nil where either has only trues or only falses.
    init?(searched: (values: [Float], truth: [Bool]), heldOut: (values: [Float], truth: [Bool])) {
        guard Set(searched.truth).count == 2, Set(heldOut.truth).count == 2 else { return nil }
        let order = searched.values.indices.sorted { searched.values[$0] < searched.values[$1] }
        let trues = searched.truth.count { $0 }
        // Right answers where everything above a place in the order is said to be true; below it is the opposite.
        var right = trues, best = (right: max(right, searched.truth.count - right), value: -Float.infinity, isAbove: true)
        best.isAbove = right >= searched.truth.count - right
        for (place, index) in order.enumerated() {
            right += searched.truth[index] ? -1 : 1
            let value = searched.values[index]
            if place + 1 < order.count, searched.values[order[place + 1]] == value { continue }
            // In the middle between two values, unless they are so near that there is nothing between them.
            let above = place + 1 < order.count ? searched.values[order[place + 1]] : value
            let middle = (value + above) / 2, next = middle < above ? middle : value
            if right > best.right { best = (right, next, true) }
            if searched.truth.count - right > best.right { best = (searched.truth.count - right, next, false) }
        }
        value = best.value
        isAbove = best.isAbove
        let answers = zip(heldOut.values, heldOut.truth).count { ($0.0 > best.value) == best.isAbove ? $0.1 : !$0.1 }
        accuracy = Double(answers) / Double(heldOut.truth.count)
        let share = Double(heldOut.truth.count { $0 }) / Double(heldOut.truth.count)
        majority = max(share, 1 - share)
        let area = Self.areaUnderCurve(heldOut.values, heldOut.truth)
        areaUnderCurve = Self.areaUnderCurve(searched.values, searched.truth) < 0.5 ? 1 - area : area
    }

    /// (rank sum of trues - n(n + 1)/2) / (n m), equal values sharing their ranks (Mann and Whitney 1947).
    static func areaUnderCurve(_ values: [Float], _ truth: [Bool]) -> Double {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = 0.0, start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            ranks += rank * Double(order[start..<end].count { truth[$0] })
            start = end
        }
        let trues = Double(truth.count { $0 }), falses = Double(truth.count) - trues
        guard trues > 0, falses > 0 else { return 0.5 }
        return (ranks - trues * (trues + 1) / 2) / (trues * falses)
    }
}
