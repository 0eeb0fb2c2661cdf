#!/usr/bin/env python3
"""The language-model workloads in DyNet, as its documentation makes them fast: affine_transform, one softmax product for all
steps by concatenate_to_batch, and the LSTM builder of your choice (compact has one fused node for the gates)."""
import workloads

options = workloads.arguments(__doc__, [*workloads.LANGUAGE_MODELS, *workloads.GENERATION], builder=["compact", "vanilla"])

import dynet_config

dynet_config.set(mem="512", random_seed=1, autobatch=1 if options.workload == "lm-autobatch" else 0)
import dynet as dy
import numpy as np

model = dy.ParameterCollection()
Builder = dy.CompactVanillaLSTMBuilder if options.builder == "compact" else dy.VanillaLSTMBuilder


def lecture_step(types):
    """One sentence, sixteen padded by hand, or sixteen batched automatically."""
    trainer = dy.AdamTrainer(model)
    embeddings = model.add_lookup_parameters((types, 64))
    rnn = Builder(1, 64, 128, model)
    weights, bias = model.add_parameters((types, 128)), model.add_parameters(types)

    def sentence_loss(sentence):
        outputs = rnn.initial_state().transduce([embeddings[word] for word in [0] + sentence[:-1]])
        scores = dy.affine_transform([bias, weights, dy.concatenate_to_batch(outputs)])
        return dy.sum_batches(dy.pickneglogsoftmax_batch(scores, sentence)), len(sentence)

    def padded_loss(sentences):
        length, count = max(map(len, sentences)), len(sentences)
        targets = [[s[t] if t < len(s) else 0 for s in sentences] for t in range(length)]
        masks = [[1 if t < len(s) else 0 for s in sentences] for t in range(length)]
        inputs = [dy.lookup_batch(embeddings, words) for words in [[0] * count] + targets[:-1]]
        outputs = dy.concatenate_to_batch(rnn.initial_state().transduce(inputs))
        scores = dy.affine_transform([bias, weights, outputs])
        losses = dy.pickneglogsoftmax_batch(scores, [word for step in targets for word in step])
        if min(masks[-1]) == 0:
            mask = dy.inputVector([value for step in masks for value in step])
            losses = dy.cmult(losses, dy.reshape(mask, (1,), count * length))
        return dy.sum_batches(losses), sum(map(len, sentences))

    def automatic_loss(sentences):
        losses = []
        for sentence in sentences:
            state, previous = rnn.initial_state(), 0
            for word in sentence:
                state = state.add_input(embeddings[previous])
                losses.append(dy.pickneglogsoftmax(dy.affine_transform([bias, weights, state.output()]), word))
                previous = word
        return dy.esum(losses), sum(map(len, sentences))

    loss_of = {"lm-lstm": sentence_loss, "lm-minibatch": padded_loss, "lm-autobatch": automatic_loss}[options.workload]

    def step(item):
        dy.renew_cg()
        loss, units = loss_of(item)
        value = loss.value()
        loss.backward()
        trainer.update()
        return value, units

    return step


def stream_step(types):
    """Parallel streams with carried state."""
    shape = workloads.STREAMS[options.workload]
    is_word, streams, hidden, rate = options.workload != "lm-char", shape["streams"], shape["hidden"], shape["dropout"]
    units = streams * shape["steps"]
    trainer = dy.SimpleSGDTrainer(model, shape["rate"]) if is_word else dy.AdamTrainer(model, shape["rate"])
    trainer.set_clip_threshold(5.0)
    start = dy.UniformInitializer(0.05)
    embeddings = model.add_lookup_parameters((types, shape["embedding"]), init=start)
    layers = [Builder(1, size, hidden, model) for size in (shape["embedding"], hidden)]
    weights, bias = model.add_parameters((types, hidden), init=start), model.add_parameters(types, init=0)
    carried = [[np.zeros((hidden, streams), "f")] * 2 for _ in layers]

    def dropped(expressions):
        return [dy.dropout(e, rate) for e in expressions] if rate else expressions

    def step(item):
        dy.renew_cg()
        outputs, ends = [dy.lookup_batch(embeddings, words) for words in item[0]], []
        for layer, values in zip(layers, carried):
            state = layer.initial_state([dy.inputTensor(value, batched=True) for value in values])
            states = state.add_inputs(dropped(outputs))
            outputs = [s.output() for s in states]
            ends.append(states[-1].s())
        scores = dy.affine_transform([bias, weights, dy.concatenate_to_batch(dropped(outputs))])
        losses = dy.pickneglogsoftmax_batch(scores, [word for words in item[1] for word in words])
        scale = streams if is_word else units
        loss = dy.sum_batches(losses) * (1.0 / scale)
        value = loss.value() * scale
        carried[:] = [[part.npvalue() for part in end] for end in ends]
        loss.backward()
        trainer.update()
        return value, units

    return step


def generation_step():
    """One token after the other, sampled."""
    shape = workloads.GENERATION[options.workload]
    embeddings = model.add_lookup_parameters((shape["types"], shape["embedding"]))
    rnn = Builder(2, shape["embedding"], shape["hidden"], model)
    weights = model.add_parameters((shape["types"], shape["hidden"]))
    bias = model.add_parameters(shape["types"])
    random = np.random.default_rng(1)

    def step(_):
        dy.renew_cg()
        state, token = rnn.initial_state(), 0
        for _ in range(shape["tokens"]):
            state = state.add_input(embeddings[token])
            probabilities = dy.softmax(dy.affine_transform([bias, weights, state.output()])).npvalue()
            token = int(np.searchsorted(np.cumsum(probabilities), random.random() * 0.9999))
        return 0, shape["tokens"]

    return step


if options.workload in workloads.GENERATION:
    workloads.measure(options, "dynet", [None], generation_step())
else:
    items, types = workloads.items(options.workload, options.data)
    make = stream_step if options.workload in workloads.STREAMS else lecture_step
    workloads.measure(options, "dynet", items, make(types))
