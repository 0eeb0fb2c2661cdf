"""Prints what scipy says of intervals and paired tests as a Swift file of facts for Tests/ElmanTextTests.

    python significance.py > ../../Tests/ElmanTextTests/FactsSignificance.swift

Needs scipy and numpy. Intervals of the mean are scipy.stats.t.interval, those of the bootstrap scipy.stats.bootstrap of 400,000
resamples by percentiles, sign flips scipy.stats.permutation_test, and swaps of outputs all 2^n of them, counted here.
"""
import itertools
import math

import numpy
import scipy
from scipy import stats


def swift(values):
    return "[" + ", ".join(f"{float(value):.15g}" for value in values) + "]"


def sample(values):
    values = numpy.array(values)
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    flips = stats.permutation_test(
        (values,), numpy.mean, permutation_type="samples", alternative="two-sided", n_resamples=numpy.inf)
    boot = stats.bootstrap(
        (values,), numpy.mean, method="percentile", n_resamples=400_000, random_state=numpy.random.default_rng(1))
    return "\n".join([
        "        SampleFact(",
        f"            values: {swift(values)},",
        f"            mean: {values.mean():.15g}, deviation: {values.std(ddof=1):.15g}, low: {low:.15g}, high: {high:.15g},",
        f"            signFlip: {flips.pvalue:.15g}, bootstrapLow: {boot.confidence_interval.low:.15g},",
        f"            bootstrapHigh: {boot.confidence_interval.high:.15g}, bootstrapError: {boot.standard_error:.15g}),",
    ])


SCORES = {
    "ratio": lambda sums: sums[0] / sums[1],
    "perplexity": lambda sums: math.exp(sums[0] / sums[1]),
    "f1": lambda sums: 0 if sums[0] == 0 else 2 * sums[0] / (sums[1] + sums[2]),
}


def swaps(kind, first, second):
    """The share of all swaps whose difference is as large as the one observed."""
    score = SCORES[kind]
    first, second = numpy.array(first, float), numpy.array(second, float)
    observed = abs(score(first.sum(0)) - score(second.sum(0)))
    hits = total = 0
    for choice in itertools.product([False, True], repeat=len(first)):
        mask = numpy.array(choice)[:, None]
        one, other = numpy.where(mask, second, first), numpy.where(mask, first, second)
        hits += abs(score(one.sum(0)) - score(other.sum(0))) >= observed * (1 - 1e-9)
        total += 1
    return "\n".join([
        "        SwapFact(",
        f"            score: .{kind}, first: [{', '.join(swift(row) for row in first)}],",
        f"            second: [{', '.join(swift(row) for row in second)}],",
        f"            firstScore: {score(first.sum(0)):.15g}, secondScore: {score(second.sum(0)):.15g},",
        f"            share: {hits / total:.15g}),",
    ])


def main():
    random = numpy.random.default_rng(7)
    samples = [
        [0.31, 0.42, 0.18, 0.55, 0.27, 0.39, 0.44, 0.12, 0.5, 0.36],
        [0.012, -0.004, 0.009, 0.021, -0.013, 0.007, 0.002, 0.016],
        [1.5, -2.25, 0.75, 3.0, -0.5], [2.13, 2.13, -1.02, 0.0, 3.37, 1.51, -2.24, 0.0, 4.09, 1.51, 0.86, -1.02],
        list(numpy.round(random.normal(0.3, 1, 14), 3)), [5.0, 7.0],
    ]
    right = lambda rate, count: [[int(random.random() < rate), 1] for _ in range(count)]
    losses = lambda shift: [[round(random.gamma(3, 4) + shift, 2), int(random.integers(3, 9))] for _ in range(10)]
    spans = lambda: [[int(random.integers(0, 3)), int(random.integers(2, 5)), 3] for _ in range(10)]
    base = losses(0)
    better = [[round(loss - random.random(), 2), tokens] for loss, tokens in base]
    tests = [("ratio", right(0.9, 12), right(0.5, 12)), ("ratio", right(0.6, 10), right(0.6, 10)),
             ("perplexity", base, better), ("f1", spans(), spans()), ("f1", spans(), spans())]
    quantiles = [(degrees, share, stats.t.ppf((1 + share) / 2, degrees))
                 for degrees in (1, 2, 3, 4, 9, 10, 29, 100, 1001) for share in (0.5, 0.95, 0.999)]
    print(f"// Written by Benchmarks/facts/significance.py with scipy {scipy.__version__}, numpy {numpy.__version__}.")
    print("// swift-format-ignore-file\n")
    print("extension SampleFact {\n    static let all = [\n" + "\n".join(map(sample, samples)) + "\n    ]\n}\n")
    print("extension SwapFact {\n    static let all = [\n" + "\n".join(swaps(*test) for test in tests) + "\n    ]\n}\n")
    print("extension QuantileFact {\n    static let all = [")
    for degrees, share, bound in quantiles:
        print(f"        QuantileFact(degrees: {degrees}, share: {share}, bound: {bound:.15g}),")
    print("    ]\n}")


main()
