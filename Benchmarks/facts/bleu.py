"""Prints what sacreBLEU computes for some texts, as a Swift file of facts for Tests/ElmanTextTests.

    python bleu.py > ../../Tests/ElmanTextTests/FactsSacreBLEU.swift

Needs sacrebleu.
"""
import json
import random

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

LINES = [
    'Hello, world! It costs $3.50 (or 1,000.00 yen), doesn\'t it?', "A-B 5-6 7- -8 a.b .c d. 1.2.3 1.,2 ,,", "&quot;x&quot; &amp;lt; &lt;y&gt;",
    "…“quoted” – dash\u00a0nbsp\u3000wide 日本語、テスト。", "<skipped>a <b>c</b> {d} [e] f_g h^i j`k l~m n|o p/q r\\s t@u", "  lead  and trail \t",
    "e-mail: a.b@c.org; 3-4.5, 6.", "", "x", "9-. 9.- .9 ,9, -9-", "naïve café ÀÉ 10.000,5€",
]
WORDS = "the a cat dog sat on mat , . is was 3.5 it's not very big house".split()


def swift(value):
    return json.dumps(value, ensure_ascii=False)


def corpus(randomness, count, noise, references):
    golds, hypotheses = [[] for _ in range(references)], []
    for _ in range(count):
        first = [randomness.choice(WORDS) for _ in range(randomness.randint(1, 14))]
        change = lambda text: [w if randomness.random() > noise else randomness.choice(WORDS) for w in text][: randomness.randint(1, 16)]
        hypotheses.append(" ".join(change(first)))
        for index in range(references):
            golds[index].append(" ".join(first if index == 0 else change(first)))
    return hypotheses, golds


def fact(hypotheses, golds, tokenize):
    bleu = BLEU(tokenize=tokenize, force=True)
    score, chrf = bleu.corpus_score(hypotheses, golds), CHRF().corpus_score(hypotheses, golds).score
    sentence = BLEU(tokenize=tokenize, effective_order=True)
    refs = list(zip(*golds))
    sentences = [sentence.sentence_score(h, r).score for h, r in zip(hypotheses, refs)]
    characters = [CHRF().sentence_score(h, r).score for h, r in zip(hypotheses, refs)]
    rows = [
        f"hypotheses: {swift(hypotheses)}", f"references: {swift([list(r) for r in refs])}", f'tokenization: .{"none" if tokenize == "none" else "v13a"}',
        f"bleu: {score.score!r}", f"brevityPenalty: {score.bp!r}", f"precisions: {score.precisions!r}", f"chrF: {chrf!r}", f"sentenceBLEU: {sentences!r}",
        f"sentenceChrF: {characters!r}", f'signature: {swift(str(bleu.get_signature()).rsplit("|", 1)[0])}',
    ]
    return "        SacreBLEUFact(\n            " + ",\n            ".join(rows) + "),"


def main():
    randomness = random.Random(7)
    facts = [fact(*corpus(randomness, count, noise, references), tokenize) for count, noise, references, tokenize in [
        (1, 0.1, 1, "13a"), (3, 0.3, 1, "13a"), (10, 0.4, 1, "none"), (10, 0.9, 1, "13a"), (6, 0.3, 3, "13a"), (1, 1.0, 1, "none")]]
    facts.append(fact(LINES, [LINES[1:] + LINES[:1]], "13a"))
    facts.append(fact(LINES, [[line.replace("e", "x") for line in LINES]], "13a"))
    facts.append(fact(["the cat sat on the mat"], [["the cat sat on a mat"]], "13a"))
    facts.append(fact(["a b"], [["c d"]], "13a"))
    print(f"// Written by Benchmarks/facts/bleu.py with sacreBLEU {sacrebleu.__version__}.\n// swift-format-ignore-file\n")
    print("extension SacreBLEUFact {\n    static let all = [\n" + "\n".join(facts) + "\n    ]\n")
    pairs = [f"        ({swift(line)}, {swift(Tokenizer13a()(line.rstrip()))})," for line in LINES]
    print("    static let tokenized: [(String, String)] = [\n" + "\n".join(pairs) + "\n    ]\n}")


main()
