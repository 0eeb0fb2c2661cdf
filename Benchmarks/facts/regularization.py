"""Prints what PyTorch computes for a small language model with a weight-dropped LSTM, activation regularisation and temporal
activation regularisation, as a Swift file of facts for Tests/ElmanModelsTests.

    python regularization.py > ../../Tests/ElmanModelsTests/FactsRegularization.swift

Needs PyTorch alone. Weights come from formulas, which the tests evaluate again; MASK, the elements that are left of the recurrent
matrix, is what the seed of the tests draws. Everything is computed in double precision.
"""
import math

import torch

WORDS, EMBEDDING, HIDDEN, STEPS, STREAMS = 6, 2, 3, 4, 2
TEXT = [1, 2, 3, 4, 5, 2, 1, 0]  # as two streams: 1 2 3 4 and 5 2 1 0
BOUNDARY = 0
ALPHA, BETA, DROP = 2.0, 1.0, 0.5
# Row by row.
MASK = [
    [0, 1, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0],
    [1, 1, 0], [0, 0, 1], [0, 1, 1], [0, 0, 0],
    [1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0],
]


def matrix(rows, columns, k):
    """Element i, j of the k-th parameter: 0.5 sin(1 + 0.7 i + 1.3 j + 0.9 k)."""
    values = [[0.5 * math.sin(1 + 0.7 * i + 1.3 * j + 0.9 * k) for j in range(columns)] for i in range(rows)]
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def numbers(tensor):
    return [f"{value:.8g}" for value in tensor.detach().reshape(-1).tolist()]


def declare(name, values):
    lines, line = [], ""
    for value in values:
        if len(line) + len(value) + 2 > 116:
            lines.append(line)
            line = ""
        line += ("" if line == "" else " ") + value + ","
    text = "\n".join("        " + each for each in lines + [line])
    return f"    static let {name}: [Float] = [\n{text}\n    ]"


def main():
    table = matrix(WORDS, EMBEDDING, 0)
    inputs = matrix(4 * HIDDEN, EMBEDDING, 1)
    recurrent = matrix(4 * HIDDEN, HIDDEN, 2)
    bias = matrix(4 * HIDDEN, 1, 3)
    scores = matrix(WORDS, HIDDEN, 4)
    score_bias = matrix(WORDS, 1, 5)
    parameters = [table, inputs, recurrent, bias, scores, score_bias]

    lstm = torch.nn.LSTM(EMBEDDING, HIDDEN).double()
    mask = torch.tensor(MASK, dtype=torch.float64) / (1 - DROP)
    forget = torch.zeros(4 * HIDDEN, dtype=torch.float64)
    forget[HIDDEN:2 * HIDDEN] = 1
    weights = {
        "weight_ih_l0": inputs, "weight_hh_l0": recurrent * mask, "bias_ih_l0": bias[:, 0] + forget,
        "bias_hh_l0": torch.zeros(4 * HIDDEN, dtype=torch.float64),
    }
    streams = torch.tensor(TEXT).reshape(STREAMS, STEPS).t()
    before = torch.cat([torch.tensor([[BOUNDARY, TEXT[STEPS - 1]]]), streams[:-1]])
    outputs, _ = torch.func.functional_call(lstm, weights, (table[before],))
    logits = outputs @ scores.t() + score_bias[:, 0]
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, WORDS), streams.reshape(-1))
    activation = ALPHA * outputs.pow(2).mean()
    slowness = BETA * (outputs[1:] - outputs[:-1]).pow(2).mean()
    (loss + activation + slowness).backward()

    print(f"// Written by Benchmarks/facts/regularization.py with PyTorch {torch.__version__.split('+')[0]}.\n")
    print("enum RegularizationFacts {")
    print("    /// The elements that are left of the recurrent matrix, row by row.")
    print(declare("mask", [str(value) for row in MASK for value in row]))
    print("    /// Mean cross-entropy, α mean(h²), β mean((h' - h)²).")
    print(declare("losses", numbers(torch.stack([loss, activation, slowness]))))
    print("    /// Gradients of their sum: embeddings, input weights, recurrent weights, bias, scores, their bias; row by row.")
    print(declare("gradients", numbers(torch.cat([parameter.grad.reshape(-1) for parameter in parameters]))))
    print("}")


main()
