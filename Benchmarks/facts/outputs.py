"""Prints what PyTorch computes of output layers for many words, as a Swift file of facts for Tests/ElmanLayersTests.

    python outputs.py > ../../Tests/ElmanLayersTests/FactsOutputs.swift

Needs PyTorch alone. Parameters, inputs and the loss are as in structures.py; everything is computed in double precision.
"""
import torch
from torch import nn

import contextlib
import io

with contextlib.redirect_stdout(io.StringIO()):
    from structures import declare, make


def adaptive(name, cutoffs, words, size, division, head_bias):
    """All log-probabilities of two inputs, word by word for the first and then for the second."""
    layer = nn.AdaptiveLogSoftmaxWithLoss(size, words, cutoffs, div_value=division, head_bias=head_bias).double()
    shapes = [layer.head.weight.shape] + ([layer.head.bias.shape] if head_bias else [])
    for projection, weights in layer.tail:
        shapes += [projection.weight.shape, weights.weight.shape]
    tensors = make(*[tuple(shape) for shape in shapes], (2, size))
    values = iter(tensors)
    parameters = {"head.weight": next(values)}
    if head_bias:
        parameters["head.bias"] = next(values)
    for index in range(len(layer.tail)):
        parameters[f"tail.{index}.0.weight"] = next(values)
        parameters[f"tail.{index}.1.weight"] = next(values)
    inputs = next(values)
    targets = torch.tensor([0, words - 1])
    # The module's own loss of one word agrees with its table of all.
    output = torch.func.functional_call(layer, parameters, (inputs, targets)).output

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = layer

        def forward(self, x):
            return self.inner.log_prob(x)

    table = torch.func.functional_call(Whole(), {f"inner.{key}": value for key, value in parameters.items()}, (inputs,))
    assert torch.allclose(table[[0, 1], targets], output)
    return declare(name, tensors, [table[0], table[1]])


facts = [adaptive("adaptiveSoftmax", [3, 7], 12, 8, 2.0, False), adaptive("adaptiveSoftmaxWithHeadBias", [2], 9, 5, 4.0, True)]
print(f"// Written by Benchmarks/facts/outputs.py with PyTorch {torch.__version__.split('+')[0]}.\n")
print("extension StructureFacts {\n" + "\n\n".join(facts) + "\n}")
