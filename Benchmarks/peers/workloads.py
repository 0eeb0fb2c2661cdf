"""What every peer's script shares: the texts, the order of the updates, the clock and the line of JSON.

An item is what one update (or one stretch of generation) works on. The order of items depends on the text and on a fixed
seed alone, so that every peer, and `elman bench`, trains on the same items in the same order.
"""
import argparse
import json
import os
import random
import re
import resource
import statistics
import time

VOCABULARY = 10_000  # softmax width of every word workload, whatever the text has
CHARACTERS = 50  # of the generation workload
STREAMS = {  # model, cut of the stream and learning rate of the workloads that carry the state
    "lm-zaremba-medium": dict(embedding=650, hidden=650, streams=20, steps=35, dropout=0.5, rate=1.0),
    "lm-char": dict(embedding=64, hidden=512, streams=50, steps=50, dropout=0.0, rate=0.002),
}
GENERATION = {
    "generation-word": dict(embedding=650, hidden=650, types=VOCABULARY, tokens=50),
    "generation-char": dict(embedding=64, hidden=512, types=CHARACTERS, tokens=500),
}
LANGUAGE_MODELS = {"lm-lstm": 100, "lm-minibatch": 30, "lm-autobatch": 30, "lm-zaremba-medium": 4, "lm-char": 4}
SENTENCES = {
    "sentiment-rnn": 200, "sentiment-lstm": 200, "bilstm-tagger": 100, "bilstm-tagger-16": 30, "seq2seq": 100,
    "seq2seq-16": 30, "retrieval": 30,
}
TREES = {"tree-lstm": 40, "tree-lstm-16": 8}
WARM_UP = {**LANGUAGE_MODELS, **SENTENCES, **TREES}  # updates before the clock starts; their second half gives the loss
UNITS = {  # where not words
    "lm-char": "chars", "generation-char": "chars", "sentiment-rnn": "sentences", "sentiment-lstm": "sentences",
    "retrieval": "sentences", "tree-lstm": "sentences", "tree-lstm-16": "sentences",
}
NAMES = list(WARM_UP) + list(GENERATION)


def arguments(description, names, **options):
    """The command line of a peer's script for workloads; `options` are further choices, the first of each being the
    default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("workload", choices=list(names))
    parser.add_argument("--data", default="data", help="folder with the texts, as Benchmarks/README.md lists them")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    for name, choices in options.items():
        parser.add_argument("--" + name, choices=choices, default=choices[0])
    result = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(result.threads)  # read when the peer is imported
    return result


class Numbers(dict):
    """Numbers in the order of first appearance."""

    def __missing__(self, key):
        self[key] = len(self)
        return self[key]


def lines(data, *path):
    with open(os.path.join(data, *path), encoding="utf-8") as file:
        return list(file)


def sentences(data):
    """Word numbers; every sentence ends with the boundary 0, which also stands before it."""
    numbers = Numbers()
    boundary = numbers["<s>"]
    return [[numbers[word] for word in line.split()] + [boundary] for line in lines(data, "ptb", "train.txt")]


def characters(data):
    numbers, text_lines = Numbers(), lines(data, "ptb", "train.txt")
    text = "".join(re.sub(r"\s+$", "\n", re.sub(r"^ ", "", line)) for line in text_lines)
    return [numbers[character] for character in text], len(numbers)


def shuffled(items):
    items = list(items)
    random.Random(1).shuffle(items)
    return items


def chunks(items, size=16):
    return [items[start:start + size] for start in range(0, len(items), size)]


def segments(stream, streams, steps):
    """Parallel streams cut in segments: (inputs, targets), each a list of steps of all streams."""
    size = (len(stream) - 1) // streams
    column = lambda start, offset: [stream[b * size + start + offset] for b in range(streams)]
    return [
        ([column(start, step) for step in range(steps)], [column(start, step + 1) for step in range(steps)])
        for start in range(0, size - steps, steps)
    ]


def items(workload, data):
    """The items of a training workload, and how many types its softmax has."""
    if workload == "lm-lstm":
        return shuffled(sentences(data)), VOCABULARY
    if workload == "lm-minibatch":  # sorted by falling length, cut, the cuts shuffled
        return shuffled(chunks(sorted(sentences(data), key=lambda sentence: -len(sentence)))), VOCABULARY
    if workload == "lm-autobatch":
        return chunks(shuffled(sentences(data))), VOCABULARY
    shape = STREAMS[workload]
    if workload == "lm-char":
        stream, types = characters(data)
    else:
        stream, types = [word for sentence in sentences(data) for word in sentence], VOCABULARY
    return segments(stream, shape["streams"], shape["steps"]), types


def windows_of(items, number, step, seconds, windows):
    """Units a second in each window of `step(item) -> (loss, units)`, by the clock and by the processor time of the process, and
    the number of the item after the last."""
    rates, processor_rates = [], []
    for _ in range(windows):
        start, begun, units = time.perf_counter(), time.process_time(), 0
        while units == 0 or time.perf_counter() - start < seconds / windows:
            units += step(items[number % len(items)])[1]
            number += 1
        processor_rates.append(units / (time.process_time() - begun))
        rates.append(units / (time.perf_counter() - start))
    return rates, processor_rates, number


def measure(options, peer, items, step, evaluate=None, evaluated=None):
    """Runs `step(item) -> (loss, units)`: first the warm-up, whose second half gives the loss, then five timed windows;
    then, where given, `evaluate(item)` on the items that are `evaluated`; prints the line of JSON."""
    warm_up = WARM_UP.get(options.workload, 1)
    tail = [step(items[number % len(items)]) for number in range(warm_up)][warm_up // 2:]
    rates, processor_rates, number = windows_of(items, warm_up, step, options.seconds, 5)
    unit = UNITS.get(options.workload, "words")
    line = {
        "peer": peer, "workload": options.workload, "threads": options.threads, "unit": unit,
        unit + "_per_sec": round(statistics.median(rates), 2), "min": round(min(rates), 2), "max": round(max(rates), 2),
        "updates": number - warm_up,
    }
    if options.threads == 1:
        line["per_cpu_sec"] = round(statistics.median(processor_rates), 2)
    if options.workload in WARM_UP:
        line["loss_after_N_updates"] = round(sum(loss for loss, _ in tail) / sum(units for _, units in tail), 4)
        line["N"] = warm_up
    if evaluate:
        evaluate(evaluated[0])
        rates, _, _ = windows_of(evaluated, 1, evaluate, min(2, options.seconds), 3)
        line["eval_" + unit + "_per_sec"] = round(statistics.median(rates), 2)
    line["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps(line), flush=True)
