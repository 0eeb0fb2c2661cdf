#!/usr/bin/env python3
"""The language-model workloads in PyTorch, each in its fastest idiom: nn.LSTM over whole sequences, one softmax product for
all steps, no softmax over padding, fused optimisers; for single sentences sparse gradients of the embeddings; for
generation LSTMCell.

--precision: in training `autocast` runs products in bfloat16 and keeps weights in float32, `bfloat16` holds the weights themselves so;
in generation `bfloat16` does, and `int8` is dynamic quantisation of the cells and the scores."""
import workloads

options = workloads.arguments(
    __doc__, [*workloads.LANGUAGE_MODELS, *workloads.GENERATION], precision=["float32", "autocast", "bfloat16", "int8"])
is_generation = options.workload in workloads.GENERATION
if options.precision == ("autocast" if is_generation else "int8"):
    raise SystemExit(f"{options.workload} has no --precision {options.precision}")

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_tools import adam, padded, start, tensor, updating, without_padding

start(options)


def held(*modules):
    """The modules with weights of the precision asked for."""
    return [module.bfloat16() if options.precision == "bfloat16" else module for module in modules]


def computing():
    """The context of a forward pass."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.precision == "autocast")


def lecture_step(types):
    """One sentence, or sixteen that are padded."""
    sparse = options.workload != "lm-minibatch"
    embeddings, rnn, scores = held(nn.Embedding(types, 64, sparse=sparse), nn.LSTM(64, 128), nn.Linear(128, types))

    def loss_of(item):
        with computing():
            return loss_in_context(item)

    def loss_in_context(item):
        if options.workload == "lm-lstm":
            outputs = rnn(embeddings(tensor([0] + item[:-1])).unsqueeze(1))[0].squeeze(1)
            return F.cross_entropy(scores(outputs), tensor(item), reduction="sum"), len(item)
        outputs = rnn(embeddings(padded([[0] + s[:-1] for s in item], 0)))[0]
        outputs, targets = without_padding(outputs, padded(item, -100))
        return F.cross_entropy(scores(outputs), targets, reduction="sum"), targets.numel()

    return updating(adam([rnn, scores], [embeddings]), loss_of)


def stream_step(types):
    """Parallel streams with carried state."""
    shape = workloads.STREAMS[options.workload]
    is_word, streams, hidden = options.workload != "lm-char", shape["streams"], shape["hidden"]
    units = streams * shape["steps"]
    dropout = nn.Dropout(shape["dropout"])
    embeddings, rnn, scores = held(
        nn.Embedding(types, shape["embedding"]), nn.LSTM(shape["embedding"], hidden, 2, dropout=shape["dropout"]),
        nn.Linear(hidden, types))
    parameters = [p for module in (embeddings, rnn, scores) for p in module.parameters()]
    if is_word:
        for parameter in parameters:
            nn.init.uniform_(parameter, -0.05, 0.05)
    make = torch.optim.SGD if is_word else torch.optim.Adam
    optimiser = make(parameters, lr=shape["rate"], fused=True)
    kind = torch.bfloat16 if options.precision == "bfloat16" else torch.float32
    state = [torch.zeros(2, streams, hidden, dtype=kind), torch.zeros(2, streams, hidden, dtype=kind)]

    def step(item):
        inputs, targets = tensor(item[0]), tensor(item[1])
        with computing():
            outputs, (h, c) = rnn(dropout(embeddings(inputs)), tuple(state))
            state[:] = h.detach().to(kind), c.detach().to(kind)
            loss = F.cross_entropy(scores(dropout(outputs)).flatten(0, 1), targets.flatten(), reduction="sum")
        optimiser.zero_grad(set_to_none=True)
        (loss / (streams if is_word else units)).backward()
        nn.utils.clip_grad_norm_(parameters, 5.0, foreach=True)
        optimiser.step()
        return loss.item(), units

    return step


def generation_step():
    """One token after the other, sampled."""
    shape = workloads.GENERATION[options.workload]
    embeddings = nn.Embedding(shape["types"], shape["embedding"])
    lower, upper = nn.LSTMCell(shape["embedding"], shape["hidden"]), nn.LSTMCell(shape["hidden"], shape["hidden"])
    scores = nn.Linear(shape["hidden"], shape["types"])
    embeddings, lower, upper, scores = held(embeddings, lower, upper, scores)
    if options.precision == "int8":
        network = torch.ao.quantization.quantize_dynamic(
            nn.ModuleList([lower, upper, scores]), {nn.LSTMCell, nn.Linear}, dtype=torch.qint8)
        lower, upper, scores = network
    kind = torch.bfloat16 if options.precision == "bfloat16" else torch.float32

    @torch.no_grad()
    def step(_):
        token = torch.zeros(1, dtype=torch.long)
        first = second = (torch.zeros(1, shape["hidden"], dtype=kind), torch.zeros(1, shape["hidden"], dtype=kind))
        for _ in range(shape["tokens"]):
            first = lower(embeddings(token), first)
            second = upper(first[0], second)
            token = torch.multinomial(scores(second[0]).float().softmax(1), 1).view(1)
            token.item()
        return 0, shape["tokens"]

    return step


if options.workload in workloads.GENERATION:
    workloads.measure(options, "torch", [None], generation_step())
else:
    items, types = workloads.items(options.workload, options.data)
    make = stream_step if options.workload in workloads.STREAMS else lecture_step
    workloads.measure(options, "torch", items, make(types))
