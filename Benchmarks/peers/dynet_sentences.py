#!/usr/bin/env python3
"""The sentence workloads in DyNet. The variant `fast` has CompactVanillaLSTMBuilder, whose gates are one fused node, and one
softmax product for all steps by concatenate_to_batch; `lecture` has VanillaLSTMBuilder and a product for every step, as the
lecture's scripts. Where a batch is of unlike sentences both leave the batching to DyNet."""
import sentence_workloads
import workloads

options = workloads.arguments(__doc__, workloads.SENTENCES, variant=["fast", "lecture"])

import dynet_config

dynet_config.set(mem="512", random_seed=1, autobatch=1 if options.workload in ("bilstm-tagger-16", "retrieval") else 0)
import dynet as dy
import numpy as np

model = dy.ParameterCollection()
trainer = dy.AdamTrainer(model)
is_fast = options.variant == "fast"
Builder = dy.CompactVanillaLSTMBuilder if is_fast else dy.VanillaLSTMBuilder
corpus = sentence_workloads.corpus(options.workload, options.data)


def linear(inputs, outputs):
    weights, bias = model.add_parameters((outputs, inputs)), model.add_parameters(outputs)
    return lambda input: dy.affine_transform([bias, weights, input])


def updating(loss_of):
    """The update of an item, from the function that gives its loss and its units."""
    def step(item):
        dy.renew_cg()
        loss, units = loss_of(item)
        value = loss.value()
        loss.backward()
        trainer.update()
        return value, units

    return step


def at_once(scores, outputs, targets):
    """The loss of all steps by one product."""
    return dy.pickneglogsoftmax_batch(scores(dy.concatenate_to_batch(outputs)), targets)


def sentiment():
    """The last states of both directions give the scores."""
    embeddings = model.add_lookup_parameters((corpus.source, 64))
    cell = dy.SimpleRNNBuilder if options.workload == "sentiment-rnn" else Builder
    forwards, backwards = cell(1, 64, 64, model), cell(1, 64, 64, model)
    scores = linear(128, corpus.target)

    def scored(words):
        words = [embeddings[word] for word in words]
        last = [rnn.initial_state().transduce(read)[-1] for rnn, read in ((forwards, words), (backwards, words[::-1]))]
        return scores(dy.concatenate(last))

    def evaluate(item):
        dy.renew_cg()
        np.argmax(scored(item[0]).npvalue())
        return 0, 1

    return updating(lambda item: (dy.pickneglogsoftmax(scored(item[0]), item[1]), 1)), evaluate, corpus.texts


def tagger():
    """One sentence, or sixteen that are batched automatically."""
    embeddings = model.add_lookup_parameters((corpus.source, 64))
    rnn, scores = dy.BiRNNBuilder(1, 64, 128, model, Builder), linear(128, corpus.target)

    def read(words):
        return rnn.transduce([embeddings[word] for word in words])

    def loss_of(item):
        words, tags = item
        if is_fast:
            return dy.sum_batches(at_once(scores, read(words), tags)), len(words)
        predictions = [scores(output) for output in read(words)]
        loss = dy.esum([dy.pickneglogsoftmax(prediction, tag) for prediction, tag in zip(predictions, tags)])
        # The script counts what is right while it trains.
        sum(np.argmax(prediction.npvalue()) == tag for prediction, tag in zip(predictions, tags))
        return loss, len(words)

    def automatic_loss(items):
        losses = []
        for words, tags in items:
            losses += [dy.pickneglogsoftmax(scores(output), tag) for output, tag in zip(read(words), tags)]
        return dy.esum(losses), len(losses)

    return [updating(loss_of if options.workload == "bilstm-tagger" else automatic_loss)]


def translation():
    """The last output of the encoder starts the decoder; the sources of a batch are of one length, its targets padded."""
    sources = model.add_lookup_parameters((corpus.source, 64))
    targets = model.add_lookup_parameters((corpus.target, 64))
    encoder, decoder = Builder(1, 64, 128, model), Builder(1, 64, 128, model)
    scores = linear(128, corpus.target)

    def started(words):
        summary = encoder.initial_state().add_inputs(words)[-1].output()
        return decoder.initial_state().set_s([summary, dy.tanh(summary)])

    def loss_of(pair):
        source, target = pair
        outputs = started([sources[word] for word in source]).transduce([targets[word] for word in target[:-1]])
        if is_fast:
            return dy.sum_batches(at_once(scores, outputs, target[1:])), len(target) - 1
        losses = [dy.pickneglogsoftmax(scores(output), word) for output, word in zip(outputs, target[1:])]
        return dy.esum(losses), len(target) - 1

    def padded_loss(pairs):
        count, length = len(pairs), max(len(target) for _, target in pairs)
        words = [[target[t] if t < len(target) else 0 for _, target in pairs] for t in range(length)]
        masks = [[1 if t < len(target) else 0 for _, target in pairs] for t in range(1, length)]
        state = started([dy.lookup_batch(sources, step) for step in zip(*[source for source, _ in pairs])])
        outputs = state.transduce([dy.lookup_batch(targets, step) for step in words[:-1]])
        mask = lambda values: dy.reshape(dy.inputVector(values), (1,), len(values))
        if is_fast:
            losses = at_once(scores, outputs, [word for step in words[1:] for word in step])
            losses = dy.cmult(losses, mask([value for step in masks for value in step]))
        else:
            losses = dy.esum([
                dy.cmult(dy.pickneglogsoftmax_batch(scores(output), step), mask(kept))
                for output, step, kept in zip(outputs, words[1:], masks)
            ])
        return dy.sum_batches(losses), sum(map(sum, masks))

    return [updating(loss_of if options.workload == "seq2seq" else padded_loss)]


def retrieval():
    """A hinge over the similarities of each source to the targets of the batch. It is not hinge_dim, which is wrong for
    sixteen by sixteen in builds with Eigen 3.4."""
    tables = [model.add_lookup_parameters((types, 64)) for types in (corpus.source, corpus.target)]
    readers = [Builder(1, 64, 64, model) for _ in range(4)]

    def vectors(embeddings, forwards, backwards, sentences):
        columns = []
        for sentence in sentences:
            words = [embeddings[word] for word in sentence]
            last = [forwards.initial_state().transduce(words)[-1], backwards.initial_state().transduce(words[::-1])[-1]]
            columns.append(dy.concatenate(last))
        return dy.concatenate_cols(columns)

    def loss_of(pairs):
        sources = vectors(tables[0], *readers[:2], [source for source, _ in pairs])
        targets = vectors(tables[1], *readers[2:], [target for _, target in pairs])
        own = dy.sum_dim(dy.cmult(sources, targets), [0])
        margins = dy.rectify(dy.colwise_add(dy.transpose(sources) * targets, -own) + 1)
        return dy.sum_elems(margins) - len(pairs), len(pairs)  # a pair's own margin is 1

    return [updating(loss_of)]


make = {
    "sentiment-rnn": sentiment, "sentiment-lstm": sentiment, "bilstm-tagger": tagger, "bilstm-tagger-16": tagger,
    "seq2seq": translation, "seq2seq-16": translation, "retrieval": retrieval,
}[options.workload]
workloads.measure(options, "dynet " + options.variant, corpus.updates, *make())
