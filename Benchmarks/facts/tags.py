"""Prints what seqeval says of random tags, illegal ones included, as a Swift file of facts for Tests/ElmanTextTests.

    python tags.py > ../../Tests/ElmanTextTests/FactsSeqeval.swift

Needs seqeval. Its default mode has the rule of conlleval.
"""
import random
import warnings

import seqeval
from seqeval.metrics import accuracy_score, classification_report
from seqeval.metrics.sequence_labeling import get_entities

warnings.filterwarnings("ignore")

ALPHABETS = {
    "IOB": ["O", "B-A", "I-A", "B-B", "I-B"],
    "BIOES": ["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"],
    "hyphens": ["O", "B-x-y", "I-x-y", "E-x-y", "S-x", "I-x", "B", "I"],
}


def pieces(tags):
    return " ".join(tags)


def case(name, alphabet, randomness):
    gold = [[randomness.choice(alphabet) for _ in range(randomness.randint(1, 9))] for _ in range(4)]
    predicted = [[tag if randomness.random() < 0.6 else randomness.choice(alphabet) for tag in text] for text in gold]
    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    spans = [f"{kind}:{start}-{end}" for text in gold[:1] for kind, start, end in get_entities(text)]
    kinds = sorted(kind for kind in report if not kind.endswith(" avg"))
    scores = [[report[kind][key] for key in ("precision", "recall", "f1-score", "support")] for kind in kinds + ["micro avg"]]
    numbers = ", ".join("[" + ", ".join(f"{float(value):.15g}" for value in row) + "]" for row in scores)
    return "\n".join([
        "        SeqevalFact(",
        f'            gold: "{" / ".join(map(pieces, gold))}",',
        f'            predicted: "{" / ".join(map(pieces, predicted))}",',
        f'            firstSpans: "{" ".join(spans)}",',
        f'            types: "{" ".join(kinds)}",',
        f"            scores: [{numbers}],",
        f"            accuracy: {accuracy_score(gold, predicted):.15g}),",
    ])


def main():
    randomness = random.Random(1)
    cases = [case(name, alphabet, randomness) for name, alphabet in ALPHABETS.items() for _ in range(8)]
    print(f"// Written by Benchmarks/facts/tags.py with seqeval 1.2.2.\n// swift-format-ignore-file\n")
    print("extension SeqevalFact {\n    static let all = [\n" + "\n".join(cases) + "\n    ]\n}")


main()
