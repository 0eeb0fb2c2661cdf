"""Prints what PyTorch computes with its recurrent layers, as a Swift file of facts for Tests/ElmanLayersTests.

    python cells.py > ../../Tests/ElmanLayersTests/FactsPyTorch.swift

Needs PyTorch alone. Weights, inputs and the weights of the loss come from formulas, which the tests evaluate again; everything
is computed in double precision.
"""
import math

import torch

INPUT, HIDDEN, STEPS, BATCH, LAYERS = 2, 3, 4, 2, 2
LENGTHS = [4, 2]


def fill(module):
    """The k-th parameter: 0.4 sin(1 + 0.7 i + 1.3 j + 0.9 k), or for a vector 0.3 cos(0.5 + 0.9 i + k)."""
    with torch.no_grad():
        for k, parameter in enumerate(module.parameters()):
            for i in range(parameter.shape[0]):
                if parameter.dim() == 1:
                    parameter[i] = 0.3 * math.cos(0.5 + 0.9 * i + k)
                else:
                    for j in range(parameter.shape[1]):
                        parameter[i, j] = 0.4 * math.sin(1 + 0.7 * i + 1.3 * j + 0.9 * k)


def inputs():
    """x[t, b, i] = sin(0.3 + 0.8 t + 1.7 b + 0.6 i)."""
    values = [[[math.sin(0.3 + 0.8 * t + 1.7 * b + 0.6 * i) for i in range(INPUT)] for b in range(BATCH)]
              for t in range(STEPS)]
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def loss_of(tensors):
    """The elements of all tensors in order, the n-th times cos(0.4 n)."""
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    return (flat * torch.cos(0.4 * torch.arange(len(flat), dtype=torch.float64))).sum()


def numbers(tensor):
    return "[" + ", ".join(f"{value:.8g}" for value in tensor.detach().reshape(-1).tolist()) + "]"


def wrapped(text, indent):
    lines, line = [], ""
    for word in text.split(" "):
        if len(indent) + len(line) + 1 + len(word) > 128:
            lines.append(indent + line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join(lines + [indent + line])


def field(name, text, comma=","):
    short = f"        {name}: {text}{comma}"
    if len(short) <= 128:
        return short
    return f"        {name}: [\n{wrapped(text[1:-1] + ',', ' ' * 12)}\n        ]{comma}"


def declare(name, module, outputs, final, loss, input_gradients):
    gradients = torch.cat([parameter.grad.reshape(-1) for parameter in module.parameters()])
    return "\n".join([
        f"    static let {name} = PyTorchFacts(",
        field("outputs", numbers(outputs)),
        field("final", numbers(torch.stack(final))),
        field("loss", f"{loss.item():.9g}"),
        field("inputGradients", numbers(input_gradients)),
        field("gradients", numbers(gradients), ")"),
    ])


def run(name, module):
    """Outputs by step, member and unit; final states by part, layer (and direction), member and unit."""
    fill(module)
    x = inputs()
    if module.bidirectional:
        outputs, final = module(torch.nn.utils.rnn.pack_padded_sequence(x, LENGTHS))
        outputs, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs)
    else:
        outputs, final = module(x)
    final = final if isinstance(final, tuple) else (final,)
    loss = loss_of([outputs, *final])
    loss.backward()
    return declare(name, module, outputs, final, loss, x.grad)


def main():
    sizes = dict(input_size=INPUT, hidden_size=HIDDEN, num_layers=LAYERS, dtype=torch.float64)
    facts = [
        run("elman", torch.nn.RNN(**sizes)),
        run("elmanReLU", torch.nn.RNN(nonlinearity="relu", **sizes)),
        run("lstm", torch.nn.LSTM(**sizes)),
        run("gru", torch.nn.GRU(**sizes)),
        run("bidirectionalElman", torch.nn.RNN(bidirectional=True, **sizes)),
        run("bidirectionalLSTM", torch.nn.LSTM(bidirectional=True, **sizes)),
        run("bidirectionalGRU", torch.nn.GRU(bidirectional=True, **sizes)),
    ]
    print(f"// Written by Benchmarks/facts/cells.py with PyTorch {torch.__version__.split('+')[0]}.\n")
    print("extension PyTorchFacts {\n" + "\n\n".join(facts) + "\n}")


main()
