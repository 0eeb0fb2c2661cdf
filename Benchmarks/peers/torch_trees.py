#!/usr/bin/env python3
"""The tree workloads in PyTorch. The variant `level` computes all nodes of one height at once, `eager` one node after the
other."""
import sentence_workloads
import workloads

options = workloads.arguments(__doc__, workloads.TREES, variant=["level", "eager"])

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_tools import start, tensor, updating

start(options)
corpus = sentence_workloads.corpus(options.workload, options.data)
embeddings = nn.Embedding(corpus.source, 300, sparse=True)
of_word, of_children, scores = nn.Linear(300, 3 * 150), nn.Linear(2 * 150, 5 * 150), nn.Linear(150, 5, bias=False)


def leaves(words):
    """Outputs and cells of some leaves."""
    i, o, u = of_word(embeddings(tensor(words))).chunk(3, 1)
    cells = i.sigmoid() * u.tanh()
    return o.sigmoid() * cells.tanh(), cells


def nodes(first, first_cells, second, second_cells):
    """Outputs and cells of some nodes from those of their children."""
    i, o, f, g, u = of_children(torch.cat([first, second], 1)).chunk(5, 1)
    cells = i.sigmoid() * u.tanh() + f.sigmoid() * first_cells + g.sigmoid() * second_cells
    return o.sigmoid() * cells.tanh(), cells


def eager(tree, outputs, labels):
    """The output and the cell of a tree, while all outputs and labels are collected."""
    if tree.children:
        both = [part for child in tree.children for part in eager(child, outputs, labels)]
        output, cell = nodes(*both)
    else:
        output, cell = leaves([tree.word])
    outputs.append(output)
    labels.append(tree.label)
    return output, cell


def level(trees):
    """Outputs and labels of all nodes, from the leaves up."""
    levels, rows, labels = [], {}, []

    def height(tree):
        above = 1 + max(map(height, tree.children)) if tree.children else 0
        if above == len(levels):
            levels.append([])
        levels[above].append(tree)
        return above

    for tree in trees:
        height(tree)
    for tree in (tree for same_height in levels for tree in same_height):
        rows[tree] = len(rows)
        labels.append(tree.label)
    outputs, cells = leaves([tree.word for tree in levels[0]])
    for same_height in levels[1:]:
        first, second = (tensor([rows[tree.children[side]] for tree in same_height]) for side in (0, 1))
        new_outputs, new_cells = nodes(
            outputs.index_select(0, first), cells.index_select(0, first), outputs.index_select(0, second),
            cells.index_select(0, second))
        outputs, cells = torch.cat([outputs, new_outputs]), torch.cat([cells, new_cells])
    return outputs, labels


def loss_of(item):
    trees = [item] if options.workload == "tree-lstm" else item
    if options.variant == "level":
        outputs, labels = level(trees)
    else:
        outputs, labels = [], []
        for tree in trees:
            eager(tree, outputs, labels)
        outputs = torch.cat(outputs)
    return F.cross_entropy(scores(outputs), tensor(labels), reduction="sum"), len(labels)


network = [parameter for module in (of_word, of_children, scores) for parameter in module.parameters()]
optimisers = [torch.optim.Adagrad(network, 0.05, fused=True), torch.optim.Adagrad(embeddings.parameters(), 0.005)]
update = updating(optimisers, loss_of)


def step(item):
    """The loss of a tree counts as the mean over its nodes, where there are several over the nodes of all."""
    (loss, count), trees = update(item), 1 if options.workload == "tree-lstm" else len(item)
    return loss / count * trees, trees


workloads.measure(options, "torch " + options.variant, corpus.updates, step)
