"""Prints the losses of a few updates that PyTorch makes as the AWD-LSTM is trained, what is drawn left out: two layers, tied embeddings,
activation regularisation and temporal activation regularisation, SGD with clipping and weight decay, the state carried. A Swift file of
facts for Tests/ElmanModelsTests.

    python awd_training.py > ../../Tests/ElmanModelsTests/FactsAWDTraining.swift

Needs PyTorch alone. Weights come from formulas, which the tests evaluate again. Everything is computed in double precision.
"""
import math

import torch

WORDS, EMBEDDING, HIDDEN, STEPS, STREAMS = 6, 3, 4, 3, 2
TEXT = [1, 2, 3, 4, 5, 2, 1, 3, 3, 5, 1, 2, 4, 2, 5, 5, 1, 4, 2, 3, 1, 1, 4, 0]
BOUNDARY = 0
ALPHA, BETA, RATE, CLIP, DECAY = 2.0, 1.0, 3.0, 0.25, 0.01


def matrix(rows, columns, k):
    """Element i, j of the k-th parameter: 0.5 sin(1 + 0.7 i + 1.3 j + 0.9 k)."""
    values = [[0.5 * math.sin(1 + 0.7 * i + 1.3 * j + 0.9 * k) for j in range(columns)] for i in range(rows)]
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def layer(inputs, units, first):
    return [matrix(4 * units, inputs, first), matrix(4 * units, units, first + 1), matrix(4 * units, 1, first + 2)]


def read(weights, units, vectors, state):
    inputs, recurrent, bias = weights
    lstm = torch.nn.LSTM(inputs.shape[1], units).double()
    forget = torch.zeros(4 * units, dtype=torch.float64)
    forget[units:2 * units] = 1
    named = {"weight_ih_l0": inputs, "weight_hh_l0": recurrent, "bias_ih_l0": bias[:, 0], "bias_hh_l0": forget}
    outputs, (hidden, cell) = torch.func.functional_call(lstm, named, (vectors, state))
    return outputs, (hidden.detach(), cell.detach())


def main():
    table, first, second = matrix(WORDS, EMBEDDING, 0), layer(EMBEDDING, HIDDEN, 1), layer(HIDDEN, EMBEDDING, 4)
    score_bias = matrix(WORDS, 1, 7)
    parameters = [table, *first, *second, score_bias]
    targets = torch.tensor(TEXT).reshape(STREAMS, -1).t()
    inputs = torch.cat([torch.tensor([[BOUNDARY, TEXT[len(TEXT) // STREAMS - 1]]]), targets[:-1]])
    states = [tuple(torch.zeros(1, STREAMS, units, dtype=torch.float64) for _ in range(2)) for units in (HIDDEN, EMBEDDING)]
    losses, norms = [], []
    for begin in range(0, len(targets), STEPS):
        middle, states[0] = read(first, HIDDEN, table[inputs[begin:begin + STEPS]], states[0])
        outputs, states[1] = read(second, EMBEDDING, middle, states[1])
        logits = outputs @ table.t() + score_bias[:, 0]
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, WORDS), targets[begin:begin + STEPS].reshape(-1))
        slowness = (outputs[1:] - outputs[:-1]).pow(2).mean()
        (loss + ALPHA * outputs.pow(2).mean() + BETA * slowness).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, CLIP).item())
        losses.append(loss.item())
        with torch.no_grad():
            for parameter in parameters:
                parameter -= RATE * (parameter.grad + DECAY * parameter)
                parameter.grad = None

    print(f"// Written by Benchmarks/facts/awd_training.py with PyTorch {torch.__version__.split('+')[0]}.\n")
    print("enum AWDTrainingFacts {")
    print("    /// Mean cross-entropy of each update.")
    print("    static let losses = [" + ", ".join(f"{value:.8g}" for value in losses) + "]")
    print("    /// Norms of all gradients before they are clipped.")
    print("    static let norms = [" + ", ".join(f"{value:.8g}" for value in norms) + "]")
    print("}")


main()
