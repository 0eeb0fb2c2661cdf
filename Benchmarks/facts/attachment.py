"""Counts attachment scores of disturbed trees, as numbers for Tests/ElmanTextTests/DependencyTests.swift.

    python attachment.py FILE.conllu

Heads and relations are disturbed by a formula that the test repeats: the w-th word of the file (from 0) gets the head
(head + w) modulo (length + 1) where w % 7 = 0, and the relation "dep" where w % 5 = 0, "R:sub" in place of R where w % 5 = 1.
"""
import sys

sentences, rows = [], []
for line in open(sys.argv[1], encoding="utf-8").read().split("\n") + [""]:
    columns = line.split("\t")
    if len(columns) == 10 and columns[0].isdigit():
        rows.append((int(columns[6]), columns[7]))
    elif not line.strip() and rows:
        sentences.append(rows)
        rows = []

w = heads = arcs = projective = 0
for rows in sentences:
    for head, relation in rows:
        new = (head + w) % (len(rows) + 1) if w % 7 == 0 else head
        kind = "dep" if w % 5 == 0 else relation.split(":")[0] + ":sub" if w % 5 == 1 else relation
        heads += new == head
        arcs += new == head and kind.split(":")[0] == relation.split(":")[0]
        w += 1
    spans = [tuple(sorted((head, index + 1))) for index, (head, _) in enumerate(rows)]
    projective += not any(a < c < b < d for a, b in spans for c, d in spans)
print("sentences", len(sentences), "words", w, "heads", heads, "arcs", arcs, "projective", projective)
