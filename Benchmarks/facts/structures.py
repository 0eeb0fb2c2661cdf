"""Prints what PyTorch computes of attention, tree-LSTMs, biaffine scores and a feed-forward language model, as a Swift file of
facts for Tests/ElmanLayersTests.

    python structures.py > ../../Tests/ElmanLayersTests/FactsStructures.swift

Needs PyTorch alone. The k-th parameter is filled by the formulas of cells.py; so are inputs, as parameters behind the last. The
loss is the sum of all outputs, the n-th times cos(0.4 n). Everything is computed in double precision.
"""
import math

import torch
import torch.nn.functional as F


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


def make(*shapes):
    """The k-th: 0.4 sin(1 + 0.7 i + 1.3 j + 0.9 k), or for a vector 0.3 cos(0.5 + 0.9 i + k)."""
    tensors = []
    for k, shape in enumerate(shapes):
        if len(shape) == 1:
            values = [0.3 * math.cos(0.5 + 0.9 * i + k) for i in range(shape[0])]
        else:
            values = [[0.4 * math.sin(1 + 0.7 * i + 1.3 * j + 0.9 * k) for j in range(shape[1])] for i in range(shape[0])]
        tensors.append(torch.tensor(values, dtype=torch.float64, requires_grad=True))
    return tensors


def declare(name, tensors, outputs):
    flat = torch.cat([output.reshape(-1) for output in outputs])
    (flat * torch.cos(0.4 * torch.arange(len(flat), dtype=torch.float64))).sum().backward()
    gradients = torch.cat([tensor.grad.reshape(-1) for tensor in tensors])
    return "\n".join([f"    static let {name} = StructureFacts(", field("outputs", numbers(flat)),
                      field("gradients", numbers(gradients), ")")])


def mlp_attention():
    w, u, v, query, states = tensors = make((4, 2), (4, 3), (4,), (2,), (5, 3))
    weights = F.softmax(torch.tanh(F.linear(query, w) + F.linear(states, u)) @ v, dim=0)
    return declare("mlpAttention", tensors, [weights @ states, weights])


def dot_attention(name, scale):
    query, states = tensors = make((3,), (5, 3))
    context = F.scaled_dot_product_attention(query.view(1, 1, 3), states[None], states[None], scale=scale)
    return declare(name, tensors, [context])


def bilinear_attention():
    w, query, states = tensors = make((2, 3), (2,), (5, 3))
    weights = F.softmax(F.bilinear(query.expand(5, 2).contiguous(), states, w[None])[:, 0], dim=0)
    return declare("bilinearAttention", tensors, [weights @ states, weights])


def attention_pooling():
    w, b, v, states = tensors = make((4, 3), (4,), (1, 4), (5, 3))
    weights = F.softmax(F.linear(torch.tanh(F.linear(states, w, b)), v)[:, 0], dim=0)
    return declare("attentionPooling", tensors, [weights @ states, weights])


def gates(i, o, u, forgets, cells):
    c = i.sigmoid() * u.tanh() + sum(f.sigmoid() * c for f, c in zip(forgets, cells))
    return o.sigmoid() * c.tanh(), c


def tree_lstm(inner):
    """The tree ((0 1) 2); with inputs also at the inner nodes, `inner`."""
    shapes = [(6, 3), (10, 4), (6,), (2,)] + [(2, 3)] * inner + [(5, 3)]
    tensors = make(*shapes)
    w, u, b, bf, x = tensors[0], tensors[1], tensors[2], tensors[3], tensors[-1]

    def node(left, right, x):
        z = F.linear(torch.cat([left[0], right[0]]), u, torch.cat([b, bf, bf]))
        if inner:
            p = F.linear(x, tensors[4])
            z = z + torch.cat([F.linear(x, w), p, p])
        i, o, candidate, f1, f2 = z.chunk(5)
        return gates(i, o, candidate, [f1, f2], [left[1], right[1]])

    leaves = [gates(*F.linear(x[k], w, b).chunk(3), [], []) for k in range(3)]
    phrase = node(leaves[0], leaves[1], x[3])
    root = node(phrase, leaves[2], x[4])
    return declare("treeLSTMWithInnerInputs" if inner else "treeLSTM", tensors,
                   [state[0] for state in leaves + [phrase, root]] + [root[1]])


def child_sum():
    """Node 3 has the children 0, 1, 2; node 4 has the child 3."""
    w, u, uf, b, x = tensors = make((8, 3), (6, 2), (2, 2), (8,), (5, 3))

    def node(children, x):
        p = F.linear(x, w, b)
        total = sum(h for h, _ in children) if children else torch.zeros(2, dtype=torch.float64)
        i, o, candidate = (p[:6] + F.linear(total, u)).chunk(3)
        return gates(i, o, candidate, [p[6:] + F.linear(h, uf) for h, _ in children], [c for _, c in children])

    states = [node([], x[k]) for k in range(3)]
    states.append(node(states, x[3]))
    states.append(node(states[3:], x[4]))
    return declare("childSumTreeLSTM", tensors, [state[0] for state in states] + [states[4][1]])


def biaffine_arcs():
    wd, bd, wh, bh, u, v, states = tensors = make((3, 2), (3,), (3, 2), (3,), (3, 3), (3,), (4, 2))
    dependents, heads = F.relu(F.linear(states[1:], wd, bd)), F.relu(F.linear(states, wh, bh))
    scores = heads @ u @ dependents.T + (heads @ v)[:, None]
    return declare("biaffineArcs", tensors, [scores])


def biaffine_labels():
    wd, bd, wh, bh, u, v, b, states = tensors = make((3, 2), (3,), (3, 2), (3,), (6, 3), (2, 6), (2,), (4, 2))
    dependents, heads = F.relu(F.linear(states[1:], wd, bd)), F.relu(F.linear(states, wh, bh))[[2, 0, 2]]
    # The rows of u go with d, its columns with h.
    scores = F.bilinear(dependents, heads, u.view(2, 3, 3)) + F.linear(torch.cat([heads, dependents], 1), v, b)
    return declare("biaffineLabels", tensors, [scores])


def feed_forward():
    h, d, u, b, c = tensors = make((3, 4), (3,), (5, 7), (5,), (5, 2))
    x = torch.cat([F.embedding(torch.tensor([4, 1]), c), F.embedding(torch.tensor([1, 3]), c)], 1)
    scores = F.linear(torch.cat([torch.tanh(F.linear(x, h, d)), x], 1), u, b)
    return declare("feedForwardNGram", tensors, [F.cross_entropy(scores, torch.tensor([3, 0]), reduction="none")])


facts = [mlp_attention(), dot_attention("dotAttention", 1.0), dot_attention("scaledDotAttention", None), bilinear_attention(),
         attention_pooling(), tree_lstm(0), tree_lstm(1), child_sum(), biaffine_arcs(), biaffine_labels(), feed_forward()]
print(f"// Written by Benchmarks/facts/structures.py with PyTorch {torch.__version__.split('+')[0]}.\n")
print("extension StructureFacts {\n" + "\n\n".join(facts) + "\n}")
