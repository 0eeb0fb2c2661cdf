// Alone in its file: Foundation has an `Expression` of its own.
import Foundation

/// The sine.
func sineOf(_ x: Double) -> Double { sin(x) }

/// e to the power of x.
func exponentialOf(_ x: Double) -> Double { exp(x) }

/// The natural logarithm.
func logarithmOf(_ x: Double) -> Double { log(x) }
