"""What the scripts of PyTorch share: its settings, padding, and an update by Adam. Import it after the command line is read."""
import torch
import torch.nn as nn


def start(options):
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)


def tensor(numbers):
    return torch.tensor(numbers, dtype=torch.long)


def padded(sentences, filling):
    """Sentences as columns."""
    length = max(map(len, sentences))
    return tensor([s + [filling] * (length - len(s)) for s in sentences]).t().contiguous()


def without_padding(outputs, targets):
    """The rows of outputs that have a target, and these; both come as [steps, sentences, ...]."""
    outputs, targets = outputs.flatten(0, 1), targets.flatten()
    kept = (targets >= 0).nonzero().squeeze(1)
    if kept.numel() < targets.numel():
        outputs, targets = outputs.index_select(0, kept), targets.index_select(0, kept)
    return outputs, targets


def updating(optimisers, loss_of):
    """The update of an item, from the function that gives its loss and its units."""
    def step(item):
        loss, units = loss_of(item)
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
        return loss.item(), units

    return step


def adam(modules, embeddings):
    """Fused Adam, and for embeddings with sparse gradients the Adam that touches only the rows of the words seen."""
    sparse = [table.weight for table in embeddings if table.sparse]
    dense = [parameter for module in modules for parameter in module.parameters()]
    dense += [table.weight for table in embeddings if not table.sparse]
    return [torch.optim.Adam(dense, fused=True)] + ([torch.optim.SparseAdam(sparse)] if sparse else [])
