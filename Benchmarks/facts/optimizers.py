"""Weights after twelve steps of PyTorch's optimisers in double precision, for Tests/ElmanOptimizersTests/PyTorchTests.swift.

Needs torch; prints one line per optimiser: name, then the two weights.
"""
import torch

START = [1.0, -0.5]


def gradient(step):
    """The gradient of each weight at a step, counted from 1: tenths from -0.5 to 0.5."""
    return [((step * 7 + i * 3) % 11 - 5) / 10 for i in range(2)]


def run(make, clip=None):
    weights = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([weights])
    for step in range(1, 13):
        weights.grad = torch.tensor(gradient(step), dtype=torch.float64)
        if clip:
            torch.nn.utils.clip_grad_norm_([weights], clip)
        optimizer.step()
    return weights.tolist()


o = torch.optim
for name, make, clip in [
    ("sgd", lambda p: o.SGD(p, lr=0.1), None),
    ("sgd l2", lambda p: o.SGD(p, lr=0.1, weight_decay=0.05), None),
    ("sgd clipped", lambda p: o.SGD(p, lr=0.1), 0.25),
    ("momentum", lambda p: o.SGD(p, lr=0.01, momentum=0.9), None),
    ("momentum l2", lambda p: o.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.05), None),
    ("adagrad", lambda p: o.Adagrad(p, lr=0.01), None),
    ("adadelta", lambda p: o.Adadelta(p, lr=1.0, rho=0.95, eps=1e-6), None),
    ("rmsprop", lambda p: o.RMSprop(p, lr=0.001, alpha=0.9, eps=1e-8), None),
    ("adam", lambda p: o.Adam(p, lr=0.001), None),
    ("adam l2", lambda p: o.Adam(p, lr=0.001, weight_decay=0.05), None),
    ("adam large epsilon", lambda p: o.Adam(p, lr=0.001, eps=0.01), None),
    ("amsgrad", lambda p: o.Adam(p, lr=0.001, amsgrad=True), None),
    ("adamw", lambda p: o.AdamW(p, lr=0.001, weight_decay=0.01), None),
]:
    print(f'{name}: {", ".join(repr(w) for w in run(make, clip))}')

print("torch", torch.__version__)
