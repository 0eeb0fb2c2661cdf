// Alone in its file: Foundation has an `Expression` of its own.
import Foundation

/// amplitude · sin(phase + a i + b j).
func sine(_ amplitude: Double, phase: Double, _ a: Double, _ i: Int, _ b: Double = 0, _ j: Int = 0) -> Float {
    Float(amplitude * sin(phase + a * Double(i) + b * Double(j)))
}

/// amplitude · cos(phase + a i).
func cosine(_ amplitude: Double, phase: Double, _ a: Double, _ i: Int) -> Float {
    Float(amplitude * cos(phase + a * Double(i)))
}

/// log Σ exp.
func logSum(_ x: [Double]) -> Double {
    let top = x.max() ?? 0
    return top + log(x.reduce(0) { $0 + exp($1 - top) })
}

/// e to the power of x.
func exponential(_ x: Double) -> Double { exp(x) }

/// The cosine.
func cosineOf(_ x: Double) -> Double { cos(x) }

/// The sine.
func sineOf(_ x: Double) -> Double { sin(x) }
