import ElmanFiles

/// Checks of settings, with errors that name the setting as the program does.
package enum ConfigurationCheck {
    /// Throws `.configuration` unless a whole number is in a range.
    package static func require(_ value: Int, _ name: String, in range: ClosedRange<Int>) throws(DataError) {
        guard range.contains(value) else {
            throw DataError(.configuration, "\(name) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    /// Throws `.configuration` unless a share of things to leave out is at least 0 and below 1.
    package static func requireRate(_ value: Float, _ name: String) throws(DataError) {
        guard value >= 0, value < 1 else {
            throw DataError(.configuration, "\(name) is \(value); give a rate of at least 0 and below 1")
        }
    }

    /// Throws `.configuration` unless a number is a probability.
    package static func requireProbability(_ value: Float, _ name: String) throws(DataError) {
        guard (0...1).contains(value) else {
            throw DataError(.configuration, "\(name) is \(value); give a number from 0 to 1")
        }
    }

    /// Throws `.configuration` unless a number that may be missing is positive.
    package static func requirePositive(_ value: Float?, _ name: String) throws(DataError) {
        guard let value else { return }
        guard value > 0, value.isFinite else {
            throw DataError(.configuration, "\(name) is \(value); give a positive number")
        }
    }
}
