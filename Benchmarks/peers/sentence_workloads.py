"""The sentences, pairs and trees of the sentence workloads, numbered and ordered as `elman bench` numbers and orders them.

A sentence with a label and one with tags are (words, label) and (words, tags), a pair is (source words, target words).
"""
import collections

from workloads import Numbers, chunks, lines, shuffled

# Items in the order of the updates and as the file has them; how many types the words (of the source) and the labels, tags
# or words of the target have.
Corpus = collections.namedtuple("Corpus", "updates texts source target")


class Tree:
    """A node with its label: of a word, or of two trees."""
    __slots__ = ("label", "word", "children")

    def __init__(self, label, word, children):
        self.label, self.word, self.children = label, word, children


def fields(line):
    """What blanks separate; other kinds of space belong to words."""
    return [field for field in line.rstrip("\r\n").replace("\t", " ").split(" ") if field]


def sentiment(data):
    words, labels, texts = Numbers(), Numbers(), []
    words["<unk>"]
    for line in lines(data, "classes", "train.txt"):
        label, text = line.lower().split(" ||| ")
        texts.append(([words[word] for word in fields(text)], labels[label]))
    return texts, len(words), len(labels)


def tagged(data):
    words, tags, texts = Numbers(), Numbers(), []
    for line in lines(data, "tags", "train.txt"):
        pairs = [field.rsplit("|", 1) for field in fields(line)]
        texts.append(([words[word] for word, _ in pairs], [tags[tag] for _, tag in pairs]))
    words["<unk>"], tags["<unk>"]
    return texts, len(words), len(tags)


def pairs(data, marks_ends):
    sources, targets, texts = Numbers(), Numbers(), []
    for source, target in zip(lines(data, "parallel", "train.ja"), lines(data, "parallel", "train.en")):
        source, target = fields(source), fields(target)
        if marks_ends:
            source, target = source + ["</s>"], ["<s>"] + target + ["</s>"]
        texts.append(([sources[word] for word in source], [targets[word] for word in target]))
    sources["<unk>"], targets["<unk>"]
    return texts, len(sources), len(targets)


def trees(data):
    words = Numbers()
    words["<unk>"]

    def parse(tokens, at):
        """The tree whose bracket is at a place, and the place after it."""
        label, at = int(tokens[at + 1]), at + 2
        if tokens[at] != "(":
            return Tree(label, words[tokens[at]], ()), at + 2
        children = []
        while tokens[at] == "(":
            child, at = parse(tokens, at)
            children.append(child)
        return Tree(label, None, tuple(children)), at + 1

    brackets = lambda line: fields(line.replace("(", " ( ").replace(")", " ) "))
    return [parse(brackets(line), 0)[0] for line in lines(data, "trees", "train.txt")], len(words), 5


def batches_of_equal_source(pairs, size=16):
    """By falling source length, cut where the length changes or enough are together, the cuts shuffled."""
    batches = []
    for pair in sorted(pairs, key=lambda pair: -len(pair[0])):
        if batches and len(batches[-1]) < size and len(batches[-1][0][0]) == len(pair[0]):
            batches[-1].append(pair)
        else:
            batches.append([pair])
    return shuffled(batches)


def corpus(workload, data):
    if workload.startswith("seq2seq") or workload == "retrieval":
        texts, source, target = pairs(data, marks_ends=workload != "retrieval")
    else:
        read = {"sentiment": sentiment, "bilstm": tagged, "tree": trees}[workload.split("-")[0]]
        texts, source, target = read(data)
    if workload == "seq2seq-16":
        updates = batches_of_equal_source(texts)
    elif workload == "retrieval" or workload.endswith("-16"):
        updates = chunks(shuffled(texts))
    else:
        updates = shuffled(texts)
    return Corpus(updates, texts, source, target)
