"""Prints merges, pieces and indices of other byte-pair encoders, as a Swift file of facts for Tests/ElmanTextTests.

    python subwords.py > ../../Tests/ElmanTextTests/FactsSubwords.swift

Needs subword-nmt and tokenizers.
"""
import io
import json
import random
import sys

import tokenizers
from subword_nmt.apply_bpe import BPE as Applied
from subword_nmt.learn_bpe import learn_bpe
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

TEXT = """the cat sat on the mat and the other cat sat on the hat
la noche está oscura y la niña no está aquí , mañana será otro día
lower lowest newer newest wider widest low new wide aaaa aaaaa abababab
это предложение написано по русски и это тоже предложение
in the beginning was the word , and the word was with them from the beginning
そして それ は 猫 だ 。 それ は 犬 で は ない 。"""
LINES = TEXT.split("\n")
SAMPLES = [
    "", " ", "the cat", "The  CAT's hat, isn't it?", " lowest\n\n newest\t wider ", "niña está aquí 2024, 3.14!", "это猫だ。", "we'll they've I'd you're I'm it's 'tis",
    "a\u00a0b\u3000c", "emoji 🙂🙂 zwj 👩‍👧", "x<|endoftext|>y <|endoftext|>", "e\u0301 \u00e9 \u1e9b\u0323", "____--__ ##??", "①② Ⅷ ٣ ½", "aaaaaaaaaaab abababababa", "\r\n \r\n  end   ",
    "mask <mask> here", "ΑΣ ΣΟΦΟΣ İ", "word_with_underscore and-hyphen", "   three", "tab\t\ttab", "\u200dx\u0301y",
]
POOL = "abcdehlnorstw THE12,.'! \n\té日本語яж\u0301🙂²_-"


def swift(value):
    """A Swift literal; JSON's escapes of control characters become Swift's."""
    if isinstance(value, str):
        return '"' + "".join(c if c >= " " and c not in '"\\' and c.isprintable() and ord(c) < 0x2FF or c == " " else f"\\u{{{ord(c):X}}}" for c in value) + '"'
    return "[" + ", ".join(map(swift, value)) + "]" if isinstance(value, list) else repr(value)


def sennrich():
    codes = io.StringIO()
    stderr, sys.stderr = sys.stderr, io.StringIO()
    learn_bpe(io.StringIO(TEXT), codes, 150)
    sys.stderr = stderr
    codes.seek(0)
    applied = Applied(codes)
    words = sorted(set("the lowest newer catlike unknown x niña niñas предложения そして猫 aaaaaaa ababab ".split()))
    merges = codes.getvalue().split("\n")[1:-1]
    print(f"    static let text = {swift(LINES)}.joined(separator: \"\\n\")")
    print(f"    static let merges = {swift(merges)}")
    print(f"    static let pieces: [(String, String)] = [{', '.join(f'({swift(w)}, {swift(applied.segment(w))})' for w in words)}]\n")


def trained(model, trainer, normalizer=None, pre_tokenizer=None, decoder=None):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    if decoder:
        tokenizer.decoder = decoder
    tokenizer.train_from_iterator(LINES, trainer)
    return tokenizer


def byte_level(prefix_space):
    tokenizer = trained(
        models.BPE(), trainers.BpeTrainer(vocab_size=340, special_tokens=["<|endoftext|>"], show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()),
        None, pre_tokenizers.ByteLevel(add_prefix_space=prefix_space), decoders.ByteLevel())
    if prefix_space:
        tokenizer.add_special_tokens([tokenizers.AddedToken("<mask>", lstrip=True)])
    return tokenizer


def llama():
    vocab = {"<unk>": 0, "<s>": 1}
    for byte in range(256):
        vocab[f"<0x{byte:02X}>"] = len(vocab)
    merges = [("t", "h"), ("th", "e"), ("▁", "the"), ("c", "a"), ("ca", "t"), ("▁", "cat"), ("a", "a"), ("aa", "aa"), ("a", "b")]
    for piece in ["▁", *"thecatsonb"] + [a + b for a, b in merges]:
        vocab.setdefault(piece, len(vocab))
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<s>"])
    return tokenizer


def all_tokenizers():
    quiet = dict(vocab_size=150, show_progress=False)
    return {
        "byteLevel": byte_level(False),
        "byteLevelWithPrefixSpace": byte_level(True),
        "whitespace": trained(
            models.BPE(unk_token="[UNK]"), trainers.BpeTrainer(special_tokens=["[UNK]"], **quiet), normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()]),
            pre_tokenizers.Whitespace()),
        "endOfWord": trained(
            models.BPE(unk_token="?", fuse_unk=True, end_of_word_suffix="</w>"), trainers.BpeTrainer(special_tokens=["?"], end_of_word_suffix="</w>", **quiet), None,
            pre_tokenizers.WhitespaceSplit(), decoders.BPEDecoder("</w>")),
        "prefix": trained(
            models.BPE(unk_token="?", continuing_subword_prefix="##"), trainers.BpeTrainer(special_tokens=["?"], continuing_subword_prefix="##", **quiet), normalizers.Lowercase(),
            pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)])),
        "metaspace": trained(
            models.BPE(), trainers.BpeTrainer(**quiet), None, pre_tokenizers.Sequence([pre_tokenizers.Metaspace(prepend_scheme="first"), pre_tokenizers.Digits()]), decoders.Metaspace(prepend_scheme="first")),
        "byteFallback": llama(),
    }


def main():
    print(f"// Written by Benchmarks/facts/subwords.py with subword-nmt 0.3.8 and tokenizers {tokenizers.__version__}.\n// swift-format-ignore-file\n")
    print("extension SennrichFact {")
    sennrich()
    print("}\n\nextension TokenizerFact {\n    static let all: [TokenizerFact] = [")
    randomness = random.Random(3)
    samples = SAMPLES + ["".join(randomness.choice(POOL) for _ in range(randomness.randint(1, 30))) for _ in range(12)]
    for name, tokenizer in all_tokenizers().items():
        document = json.loads(tokenizer.to_str())
        if name == "whitespace":
            document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
        text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
        print(f'        TokenizerFact(\n            name: "{name}", file: ####"{text}"####,\n            samples: [')
        for sample in samples:
            ids = tokenizer.encode(sample, add_special_tokens=False).ids
            print(f"                ({swift(sample)}, {swift(ids)}, {swift(tokenizer.decode(ids))}),")
        print("            ]),")
    print("    ]\n}")


main()
