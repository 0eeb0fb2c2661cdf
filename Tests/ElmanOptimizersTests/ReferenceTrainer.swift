/// Every trainer in double precision, one number at a time, straight from the formulas.
struct ReferenceTrainer {
    let kind: String
    var rate: Double
    var decay = 0.0
    var step = 0
    var values: [Double]
    private var a: [Double]
    private var b: [Double]
    private var c: [Double]

    init(_ kind: String, rate: Double, values: [Double]) {
        self.kind = kind
        self.rate = rate
        self.values = values
        a = values.map { _ in 0 }
        b = a
        c = a
    }

    /// One update of the elements in `indices`; the others stay as they are, moments included.
    mutating func update(_ gradients: [Double], _ indices: some Sequence<Int>, scale: Double = 1) {
        step += 1
        for i in indices {
            let g = gradients[i] * scale + (kind == "adamw" ? 0 : decay * values[i])
            change(i, g)
        }
    }

    private mutating func change(_ i: Int, _ g: Double) {
        switch kind {
        case "sgd": values[i] -= rate * g
        case "momentum":
            a[i] = 0.9 * a[i] - rate * g
            values[i] += a[i]
        case "adagrad":
            a[i] += g * g
            values[i] -= rate * g / (a[i] + 1e-20).squareRoot()
        case "adadelta":
            a[i] = 0.95 * a[i] + 0.05 * g * g
            let delta = g * (b[i] + 1e-6).squareRoot() / (a[i] + 1e-6).squareRoot()
            b[i] = 0.95 * b[i] + 0.05 * delta * delta
            values[i] -= rate * delta
        case "rmsprop":
            a[i] = 0.9 * a[i] + 0.1 * g * g
            values[i] -= rate * g / (a[i] + 1e-8).squareRoot()
        default: adam(i, g)
        }
    }

    private mutating func adam(_ i: Int, _ g: Double) {
        a[i] = 0.9 * a[i] + 0.1 * g
        b[i] = 0.999 * b[i] + 0.001 * g * g
        c[i] = kind == "amsgrad" ? max(b[i], c[i]) : b[i]
        var kept1 = 1.0, kept2 = 1.0
        for _ in 0..<step {
            kept1 *= 0.9
            kept2 *= 0.999
        }
        let mean = a[i] / (1 - kept1)
        let root =
            kind == "adam uncorrected"
            ? (c[i].squareRoot() + 1e-8) / (1 - kept2).squareRoot() : (c[i] / (1 - kept2)).squareRoot() + 1e-8
        if kind == "adamw" { values[i] *= 1 - rate * decay }
        values[i] -= rate * mean / root
    }
}
