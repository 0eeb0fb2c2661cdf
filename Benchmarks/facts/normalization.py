"""The table of Sources/ElmanText/Normalization/NormalizationTable.swift, and the sums of Tests/ElmanTextTests/NormalizationTests.swift.

    python normalization.py table > Sources/ElmanText/Normalization/NormalizationTable.swift
    python normalization.py facts

Needs unicodedata2 from PyPI for the newest Unicode; the facts are compared with Python's own unicodedata on all characters that it
knows.
"""
import sys
import unicodedata

import unicodedata2


def wrapped(words, width=125):
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    return lines + [line]


def decompositions():
    words, following = [], None
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        mapping = unicodedata2.decomposition(chr(code))
        if not mapping or mapping.startswith("<"):
            continue
        if code != following:
            words.append(f"{code:X}:")
        following = code + 1
        parts = ".".join(f"{int(part, 16):X}" for part in mapping.split())
        composes = unicodedata2.normalize("NFC", chr(code)) == chr(code)
        words.append(parts if composes or "." not in parts else parts + "!")
    return words


def classes():
    ranges = []
    for code in range(0x110000):
        value = unicodedata2.combining(chr(code))
        if value and ranges and ranges[-1][1] == code - 1 and ranges[-1][2] == value:
            ranges[-1][1] = code
        elif value:
            ranges.append([code, code, value])
    return [f"{first:X}.{last:X}.{value:X}" if first < last else f"{first:X}.{value:X}" for first, last, value in ranges]


def table():
    print("// Written by Benchmarks/facts/normalization.py.")
    print()
    print(f"/// What Unicode {unicodedata2.unidata_version} says of canonical decompositions, as text; numbers are hexadecimal.")
    print("enum NormalizationTable {")
    print("    /// A number with a colon is the character that the next mapping is of; those that follow are of the characters that follow.")
    print("    /// A mapping is one or two characters with a dot between; where an exclamation mark follows, the two do not compose again.")
    print('    static let decompositions: StaticString = """')
    for line in wrapped(decompositions()):
        print("        " + line)
    print('        """')
    print()
    print("    /// Canonical combining classes that are not 0: first character, last character where it is another, class.")
    print('    static let classes: StaticString = """')
    for line in wrapped(classes()):
        print("        " + line)
    print('        """')
    print("}")


POOL = [
    (0x41, 0x7A), (0xC0, 0x24F), (0x300, 0x36F), (0x590, 0x670), (0x900, 0xDFF), (0xF40, 0xFB9), (0x1025, 0x102F),
    (0x1100, 0x11FF), (0x1B00, 0x1B44), (0x1E00, 0x1FFF), (0x2100, 0x2300), (0x3040, 0x30FF), (0xAC00, 0xAC40),
    (0xD780, 0xD7A3), (0xF900, 0xFAFF), (0xFB1D, 0xFB4F), (0x11099, 0x110BA), (0x11131, 0x11134), (0x1D15E, 0x1D1C0),
    (0x2F800, 0x2FA1D),
]


def strings(count):
    """Strings of 1 to 8 characters of the pool, drawn by a linear congruential generator."""
    pool = [code for first, last in POOL for code in range(first, last + 1)]
    state = 1

    def draw(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % limit

    for _ in range(count):
        yield "".join(chr(pool[draw(len(pool))]) for _ in range(1 + draw(8)))


def blocks():
    """All characters, 256 in a block, newlines between."""
    for first in range(0, 0x110000, 256):
        if not 0xD800 <= first < 0xE000:
            yield "\n".join(chr(code) for code in range(first, first + 256))


def checksum(texts):
    """FNV-1a of the UTF-8 of all texts."""
    value = 0xCBF29CE484222325
    for text in texts:
        for byte in text.encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def facts():
    for text in [*blocks(), *strings(100000)]:
        known = all(unicodedata.category(char) != "Cn" for char in text)
        if known and unicodedata.normalize("NFC", text) != unicodedata2.normalize("NFC", text):
            sys.exit(f"the two disagree on {text!a}")
    normalized = lambda texts: checksum(unicodedata2.normalize("NFC", text) for text in texts)
    print("every character:", checksum(blocks()), normalized(blocks()))
    print("100000 strings:", checksum(strings(100000)), normalized(strings(100000)))


if __name__ == "__main__":
    {"table": table, "facts": facts}[sys.argv[1]]()
