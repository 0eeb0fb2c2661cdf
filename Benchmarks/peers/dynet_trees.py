#!/usr/bin/env python3
"""The tree workloads in DyNet with automatic batching. The variant `fast` has one product a node, whose result is cut in
gates; `lecture` one for every gate, as DyNet's own example."""
import sentence_workloads
import workloads

options = workloads.arguments(__doc__, workloads.TREES, variant=["fast", "lecture"])

import dynet_config

dynet_config.set(mem="512", random_seed=1, autobatch=1)
import dynet as dy

network, table = dy.ParameterCollection(), dy.ParameterCollection()
trainers = [dy.AdagradTrainer(network, 0.05), dy.AdagradTrainer(table, 0.005)]
corpus = sentence_workloads.corpus(options.workload, options.data)
embeddings = table.add_lookup_parameters((corpus.source, 300))
add = network.add_parameters
labels = add((5, 150))


def fast():
    """The gates of a leaf and of a node, each from its input, before their functions."""
    of_word, word_bias = add((3 * 150, 300)), add(3 * 150)
    of_children, bias = add((5 * 150, 2 * 150)), add(5 * 150)

    def cut(product, count):
        return [dy.pick_range(product, gate * 150, (gate + 1) * 150) for gate in range(count)]

    def leaf(word):
        return cut(dy.affine_transform([word_bias, of_word, word]), 3)

    def node(children):
        return cut(dy.affine_transform([bias, of_children, children]), 5)

    return leaf, node


def lecture():
    """The same by one product a gate."""
    of_word = [add((150, 300)) for _ in range(3)]
    of_children = [add((150, 2 * 150)) for _ in range(5)]
    i, o, u, f = [add(150) for _ in range(4)]

    def leaf(word):
        return [dy.affine_transform([bias, weights, word]) for bias, weights in zip((i, o, u), of_word)]

    def node(children):
        i_o_u_f_g = zip((i, o, u, f, f), of_children)
        return [dy.affine_transform([bias, weights, children]) for bias, weights in i_o_u_f_g]

    return leaf, node


leaf, node = fast() if options.variant == "fast" else lecture()


def read(tree, losses):
    """The output and the cell of a tree, while the losses of its nodes are collected."""
    if tree.children:
        (first, first_cell), (second, second_cell) = [read(child, losses) for child in tree.children]
        i, o, u, f, g = node(dy.concatenate([first, second]))
        cell = dy.cmult(dy.logistic(i), dy.tanh(u))
        cell += dy.cmult(dy.logistic(f), first_cell) + dy.cmult(dy.logistic(g), second_cell)
    else:
        i, o, u = leaf(embeddings[tree.word])
        cell = dy.cmult(dy.logistic(i), dy.tanh(u))
    output = dy.cmult(dy.logistic(o), dy.tanh(cell))
    losses.append(dy.pickneglogsoftmax(labels * output, tree.label))
    return output, cell


def step(item):
    """The loss of a tree counts as the mean over its nodes, where there are several over the nodes of all."""
    trees, losses = [item] if options.workload == "tree-lstm" else item, []
    dy.renew_cg()
    for tree in trees:
        read(tree, losses)
    loss = dy.esum(losses)
    value = loss.value()
    loss.backward()
    for trainer in trainers:
        trainer.update()
    return value / len(losses) * len(trees), len(trees)


workloads.measure(options, "dynet " + options.variant, corpus.updates, step)
