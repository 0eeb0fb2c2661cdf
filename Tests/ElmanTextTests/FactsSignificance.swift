// Written by Benchmarks/facts/significance.py with scipy 1.17.1, numpy 2.4.6.
// swift-format-ignore-file

extension SampleFact {
    static let all = [
        SampleFact(
            values: [0.31, 0.42, 0.18, 0.55, 0.27, 0.39, 0.44, 0.12, 0.5, 0.36],
            mean: 0.354, deviation: 0.136153508136139, low: 0.25660164768268, high: 0.45139835231732,
            signFlip: 0.001953125, bootstrapLow: 0.272,
            bootstrapHigh: 0.432, bootstrapError: 0.0407745903226572),
        SampleFact(
            values: [0.012, -0.004, 0.009, 0.021, -0.013, 0.007, 0.002, 0.016],
            mean: 0.00625, deviation: 0.0110032462742333, low: -0.00294894409110319, high: 0.0154489440911032,
            signFlip: 0.15625, bootstrapLow: -0.001125,
            bootstrapHigh: 0.013, bootstrapError: 0.00363600709914041),
        SampleFact(
            values: [1.5, -2.25, 0.75, 3, -0.5],
            mean: 0.5, deviation: 1.99217218131365, low: -1.97360847576023, high: 2.97360847576023,
            signFlip: 0.625, bootstrapLow: -1.15,
            bootstrapHigh: 2, bootstrapError: 0.796227012462446),
        SampleFact(
            values: [2.13, 2.13, -1.02, 0, 3.37, 1.51, -2.24, 0, 4.09, 1.51, 0.86, -1.02],
            mean: 0.943333333333333, deviation: 1.88000161186262, low: -0.25116270297692, high: 2.13782936964359,
            signFlip: 0.111328125, bootstrapLow: -0.0733333333333334,
            bootstrapHigh: 1.96, bootstrapError: 0.519467889261385),
        SampleFact(
            values: [0.301, 0.599, 0.026, -0.591, -0.155, -0.692, 0.36, 1.64, -0.192, -0.32, 0.79, 0.657, 0.405, -0.63],
            mean: 0.157, deviation: 0.652350778693134, low: -0.219656125782499, high: 0.533656125782499,
            signFlip: 0.39501953125, bootstrapLow: -0.158571428571429,
            bootstrapHigh: 0.498428571428571, bootstrapError: 0.167925858720882),
        SampleFact(
            values: [5, 7],
            mean: 6, deviation: 1.4142135623731, low: -6.70620473617469, high: 18.7062047361747,
            signFlip: 0.5, bootstrapLow: 5,
            bootstrapHigh: 7, bootstrapError: 0.70780900706174),
    ]
}

extension SwapFact {
    static let all = [
        SwapFact(
            score: .ratio, first: [[1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [0, 1], [1, 1], [1, 1]],
            second: [[0, 1], [0, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [0, 1], [1, 1], [0, 1], [1, 1], [0, 1]],
            firstScore: 0.916666666666667, secondScore: 0.583333333333333,
            share: 0.125),
        SwapFact(
            score: .ratio, first: [[0, 1], [1, 1], [0, 1], [0, 1], [0, 1], [1, 1], [1, 1], [1, 1], [0, 1], [1, 1]],
            second: [[1, 1], [0, 1], [0, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [0, 1], [1, 1]],
            firstScore: 0.5, secondScore: 0.7,
            share: 0.625),
        SwapFact(
            score: .perplexity, first: [[10.48, 6], [7.95, 8], [4.27, 8], [4.34, 3], [11.72, 8], [7.52, 5], [11.42, 5], [11.65, 4], [6.21, 7], [10.46, 5]],
            second: [[10.33, 6], [7.68, 8], [3.39, 8], [3.83, 3], [10.87, 8], [6.88, 5], [10.68, 5], [11.56, 4], [5.67, 7], [9.95, 5]],
            firstScore: 4.29721054484612, secondScore: 3.93601776059227,
            share: 0.001953125),
        SwapFact(
            score: .f1, first: [[2, 3, 3], [1, 2, 3], [1, 4, 3], [0, 2, 3], [2, 3, 3], [2, 2, 3], [2, 2, 3], [1, 4, 3], [0, 3, 3], [2, 3, 3]],
            second: [[0, 3, 3], [1, 4, 3], [2, 3, 3], [0, 3, 3], [0, 4, 3], [2, 3, 3], [2, 3, 3], [1, 4, 3], [2, 4, 3], [2, 2, 3]],
            firstScore: 0.448275862068966, secondScore: 0.380952380952381,
            share: 0.625),
        SwapFact(
            score: .f1, first: [[1, 4, 3], [0, 2, 3], [1, 4, 3], [2, 4, 3], [1, 2, 3], [2, 3, 3], [2, 4, 3], [2, 2, 3], [2, 3, 3], [1, 4, 3]],
            second: [[2, 3, 3], [0, 4, 3], [0, 2, 3], [0, 2, 3], [2, 3, 3], [0, 2, 3], [1, 3, 3], [0, 4, 3], [2, 3, 3], [2, 3, 3]],
            firstScore: 0.451612903225806, secondScore: 0.305084745762712,
            share: 0.3046875),
    ]
}

extension QuantileFact {
    static let all = [
        QuantileFact(degrees: 1, share: 0.5, bound: 1),
        QuantileFact(degrees: 1, share: 0.95, bound: 12.7062047361747),
        QuantileFact(degrees: 1, share: 0.999, bound: 636.61924876879),
        QuantileFact(degrees: 2, share: 0.5, bound: 0.816496580927726),
        QuantileFact(degrees: 2, share: 0.95, bound: 4.30265272974946),
        QuantileFact(degrees: 2, share: 0.999, bound: 31.5990545764454),
        QuantileFact(degrees: 3, share: 0.5, bound: 0.764892328404344),
        QuantileFact(degrees: 3, share: 0.95, bound: 3.18244630528371),
        QuantileFact(degrees: 3, share: 0.999, bound: 12.923978636688),
        QuantileFact(degrees: 4, share: 0.5, bound: 0.740697084112683),
        QuantileFact(degrees: 4, share: 0.95, bound: 2.77644510519779),
        QuantileFact(degrees: 4, share: 0.999, bound: 8.61030158137952),
        QuantileFact(degrees: 9, share: 0.5, bound: 0.702722146751326),
        QuantileFact(degrees: 9, share: 0.95, bound: 2.2621571627982),
        QuantileFact(degrees: 9, share: 0.999, bound: 4.78091258593122),
        QuantileFact(degrees: 10, share: 0.5, bound: 0.699812061312432),
        QuantileFact(degrees: 10, share: 0.95, bound: 2.22813885198627),
        QuantileFact(degrees: 10, share: 0.999, bound: 4.58689385870271),
        QuantileFact(degrees: 29, share: 0.5, bound: 0.683043860821613),
        QuantileFact(degrees: 29, share: 0.95, bound: 2.0452296421327),
        QuantileFact(degrees: 29, share: 0.999, bound: 3.65940501946637),
        QuantileFact(degrees: 100, share: 0.5, bound: 0.676951043011472),
        QuantileFact(degrees: 100, share: 0.95, bound: 1.98397151852355),
        QuantileFact(degrees: 100, share: 0.999, bound: 3.39049131116426),
        QuantileFact(degrees: 1001, share: 0.5, bound: 0.674734919358447),
        QuantileFact(degrees: 1001, share: 0.95, bound: 1.96233670528088),
        QuantileFact(degrees: 1001, share: 0.999, bound: 3.30027287606604),
    ]
}
