#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanTensor

/// Student's t distribution (Student 1908) with a whole number of degrees of freedom.
///
/// For these P(|T| <= t) is a finite sum (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4): with θ = atan(t / √ν),
///
///     ν odd:   2/π (θ + sin θ (cos θ + 2/3 cos³ θ + … + 2·4…(ν-3) / 3·5…(ν-2) cos^(ν-2) θ)), without the second part for ν = 1
///     ν even:  sin θ (1 + 1/2 cos² θ + … + 1·3…(ν-3) / 2·4…(ν-2) cos^(ν-2) θ)
public struct StudentDistribution: Sendable, Hashable {
    /// ν, 1 at least.
    public let degreesOfFreedom: Int

    /// The distribution of a mean of ν + 1 values, divided by its standard error. Fails where ν is not positive.
    public init(degreesOfFreedom: Int) {
        guard degreesOfFreedom > 0 else { fail("a t distribution with \(degreesOfFreedom) degrees of freedom") }
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(|T| <= t), 0 to 1, for t >= 0.
    public func probability(within t: Double) -> Double {
        probability(withinAngle: atan(t / Double(degreesOfFreedom).squareRoot()))
    }

    /// The t for which P(|T| <= t) is a share in 0..<1, found by bisection: 2.262… for 0.95 and ν = 9.
    public func bound(containing share: Double) -> Double {
        guard (0..<1).contains(share) else { fail("\(share) is no share of a distribution") }
        var (low, high) = (0.0, Double.pi / 2)
        // Each step gives a bit.
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if probability(withinAngle: middle) < share { low = middle } else { high = middle }
        }
        return tan((low + high) / 2) * Double(degreesOfFreedom).squareRoot()
    }

    private func probability(withinAngle angle: Double) -> Double {
        let isOdd = degreesOfFreedom % 2 == 1
        let square = cos(angle) * cos(angle)
        var term = isOdd ? cos(angle) : 1
        var sum = degreesOfFreedom == 1 ? 0 : term
        for factor in stride(from: isOdd ? 3 : 2, through: degreesOfFreedom - 2, by: 2) {
            term *= square * Double(factor - 1) / Double(factor)
            sum += term
        }
        return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
    }
}
