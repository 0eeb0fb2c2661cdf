#!/usr/bin/env python3
"""The sentence workloads in PyTorch: nn.LSTM over whole sequences, one softmax product for all steps, fused Adam. Where
sentences of a batch differ in length, a padded backward pass reads each of them reversed, so that the result is exact.
The variant `fast` has sparse gradients of the embeddings, `dense` does not."""
import sentence_workloads
import workloads

options = workloads.arguments(__doc__, workloads.SENTENCES, variant=["fast", "dense"])

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_tools import adam, padded, start, tensor, updating, without_padding

start(options)
corpus = sentence_workloads.corpus(options.workload, options.data)


def table(types):
    return nn.Embedding(types, 64, sparse=options.variant == "fast")


def reversal(lengths):
    """For every place of padded columns the place it has when each column is read backwards."""
    place, lengths = torch.arange(max(lengths)).unsqueeze(1), tensor(lengths).unsqueeze(0)
    return torch.where(place < lengths, lengths - 1 - place, place)


def sentiment():
    """The last states of both directions give the scores."""
    embeddings, cell = table(corpus.source), nn.RNN if options.workload == "sentiment-rnn" else nn.LSTM
    rnn, scores = cell(64, 64, bidirectional=True), nn.Linear(128, corpus.target)

    def scored(words):
        last = rnn(embeddings(tensor(words)).unsqueeze(1))[1]
        return scores((last if cell is nn.RNN else last[0]).view(1, 128))

    @torch.inference_mode()
    def evaluate(item):
        scored(item[0]).argmax().item()
        return 0, 1

    step = updating(
        adam([rnn, scores], [embeddings]), lambda item: (F.cross_entropy(scored(item[0]), tensor([item[1]])), 1))
    return step, evaluate, corpus.texts


def tagger():
    """One sentence."""
    embeddings, scores = table(corpus.source), nn.Linear(128, corpus.target)
    rnn = nn.LSTM(64, 64, bidirectional=True)

    def loss_of(item):
        outputs = rnn(embeddings(tensor(item[0])).unsqueeze(1))[0].squeeze(1)
        return F.cross_entropy(scores(outputs), tensor(item[1]), reduction="sum"), len(item[0])

    return [updating(adam([rnn, scores], [embeddings]), loss_of)]


def padded_tagger():
    """Sixteen sentences of different lengths."""
    embeddings, scores = table(corpus.source), nn.Linear(128, corpus.target)
    forwards, backwards = nn.LSTM(64, 64), nn.LSTM(64, 64)

    def loss_of(items):
        lengths = [len(words) for words, _ in items]
        words, reverse = padded([words for words, _ in items], 0), reversal(lengths)
        read = backwards(embeddings(words.gather(0, reverse)))[0].gather(0, reverse.unsqueeze(2).expand(-1, -1, 64))
        outputs = torch.cat([forwards(embeddings(words))[0], read], 2)
        targets = padded([tags for _, tags in items], -100)
        loss = F.cross_entropy(scores(outputs).flatten(0, 1), targets.flatten(), reduction="sum")
        return loss, sum(lengths)

    return [updating(adam([forwards, backwards, scores], [embeddings]), loss_of)]


def translation():
    """The last output of the encoder starts the decoder; the sources of a batch are of one length."""
    tables = [table(corpus.source), table(corpus.target)]
    encoder, decoder, scores = nn.LSTM(64, 128), nn.LSTM(64, 128), nn.Linear(128, corpus.target)

    def loss_of(item):
        pairs = [item] if options.workload == "seq2seq" else item
        sources, targets = padded([source for source, _ in pairs], 0), padded([target for _, target in pairs], -100)
        summary = encoder(tables[0](sources))[0][-1:]
        outputs = decoder(tables[1](targets[:-1].clamp_min(0)), (summary.tanh(), summary))[0]
        outputs, targets = without_padding(outputs, targets[1:])
        return F.cross_entropy(scores(outputs), targets, reduction="sum"), targets.numel()

    return [updating(adam([encoder, decoder, scores], tables), loss_of)]


def retrieval():
    """A hinge over the similarities of each source to the targets of the batch."""
    tables = [table(corpus.source), table(corpus.target)]
    readers = [nn.LSTM(64, 64) for _ in range(4)]

    def vectors(embeddings, forwards, backwards, sentences):
        lengths = [len(words) for words in sentences]
        words, last = padded(sentences, 0), (tensor(lengths) - 1).view(1, -1, 1).expand(1, -1, 64)
        read = [forwards(embeddings(words))[0], backwards(embeddings(words.gather(0, reversal(lengths))))[0]]
        return torch.cat([outputs.gather(0, last)[0] for outputs in read], 1)

    def loss_of(pairs):
        sources = vectors(tables[0], *readers[:2], [source for source, _ in pairs])
        targets = vectors(tables[1], *readers[2:], [target for _, target in pairs])
        similarities = sources @ targets.t()
        margins = (1 + similarities - similarities.diagonal().unsqueeze(1)).clamp_min(0)
        return margins.sum() - len(pairs), len(pairs)  # a pair's own margin is 1

    return [updating(adam(readers, tables), loss_of)]


make = {
    "sentiment-rnn": sentiment, "sentiment-lstm": sentiment, "bilstm-tagger": tagger, "bilstm-tagger-16": padded_tagger,
    "seq2seq": translation, "seq2seq-16": translation, "retrieval": retrieval,
}[options.workload]
workloads.measure(options, "torch " + options.variant, corpus.updates, *make())
