/// Canonical decomposition, order and composition of characters (Unicode Standard, section 3.11), by `NormalizationTable`.
struct CanonicalForms: Sendable {
    static let shared = CanonicalForms()

    /// One or two characters; 0 where there is no second.
    private var mappings: [UInt32: (UInt32, UInt32)] = [:]
    /// What two characters, the first one in the upper half, become together.
    private var compositions: [UInt64: UInt32] = [:]
    /// Combining classes that are not 0.
    private var classes: [UInt32: UInt8] = [:]
    /// A bit for each character below `limit` that form C does not hold, or not in any company.
    private var suspects = [UInt64](repeating: 0, count: Int(limit) / 64)

    /// No character from here on has a decomposition or a class.
    private static let limit: UInt32 = 0x30000

    private init() {
        var code: UInt32 = 0
        for word in Self.words(NormalizationTable.decompositions) {
            if word.last == ":" {
                code = Self.number(word.dropLast())
                continue
            }
            let isExcluded = word.last == "!"
            let parts = (isExcluded ? word.dropLast() : word).split(separator: ".").map(Self.number)
            add(code, parts, composes: parts.count == 2 && !isExcluded)
            code += 1
        }
        for word in Self.words(NormalizationTable.classes) {
            let parts = word.split(separator: ".").map(Self.number)
            for code in parts[0]...parts[parts.count - 2] {
                classes[code] = UInt8(parts[parts.count - 1])
                suspect(code)
            }
        }
        for code in Hangul.vowelBase..<Hangul.vowelBase + Hangul.vowelCount { suspect(code) }
        for code in Hangul.tailBase + 1..<Hangul.tailBase + Hangul.tailCount { suspect(code) }
    }

    private static func words(_ text: StaticString) -> [Substring] {
        text.description.split { $0 == " " || $0 == "\n" }
    }

    private static func number(_ digits: Substring) -> UInt32 { UInt32(digits, radix: 16) ?? 0 }

    private mutating func add(_ code: UInt32, _ parts: [UInt32], composes: Bool) {
        mappings[code] = (parts[0], parts.count == 2 ? parts[1] : 0)
        if composes {
            compositions[Self.pair(parts[0], parts[1])] = code
            suspect(parts[1])
        } else {
            suspect(code)
        }
    }

    private mutating func suspect(_ code: UInt32) { suspects[Int(code / 64)] |= 1 << UInt64(code % 64) }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

    // MARK: Form C

    /// Whether valid UTF-8 has a character that may not be in form C; most texts have none.
    func mayChange(_ bytes: ByteView) -> Bool {
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            // No character below U+0300 (two bytes, CC 80) is one of them.
            if first < 0xCC {
                index += first < 0x80 ? 1 : 2
                continue
            }
            let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            var isSuspect = false
            forEachScalar(in: bytes.part(index..<index + length)) { code in
                isSuspect = code < Self.limit && suspects[Int(code / 64)] >> UInt64(code % 64) & 1 == 1
            }
            if isSuspect { return true }
            index += length
        }
        return false
    }

    /// Adds the full decomposition of a character.
    func decompose(_ code: UInt32, into result: inout [UInt32]) {
        if code < 0xC0 { return result.append(code) }
        if let parts = Hangul.parts(of: code) { return result.append(contentsOf: parts) }
        guard let (first, second) = mappings[code] else { return result.append(code) }
        decompose(first, into: &result)
        if second != 0 { result.append(second) }
    }

    /// Brings combining marks of different classes that follow each other into the order of their classes.
    func order(_ scalars: inout [UInt32]) {
        var start = 0
        while start < scalars.count {
            guard classes[scalars[start]] != nil else {
                start += 1
                continue
            }
            var end = start
            var marks: [(key: UInt64, code: UInt32)] = []
            while end < scalars.count, let value = classes[scalars[end]] {
                marks.append((UInt64(value) << 32 | UInt64(end), scalars[end]))
                end += 1
            }
            if marks.count > 1 {
                marks.sort { $0.key < $1.key }
                for (offset, mark) in marks.enumerated() { scalars[start + offset] = mark.code }
            }
            start = end
        }
    }

    /// Puts together what composes: each character with the last starter before it, unless one between them is in the way.
    func compose(_ scalars: inout [UInt32]) {
        var count = 0
        var starter: Int?
        var lastClass: UInt8 = 0
        for code in scalars {
            let ownClass = classes[code] ?? 0
            if let place = starter, count - 1 == place || lastClass < ownClass,
                let composed = Hangul.composed(scalars[place], code) ?? compositions[Self.pair(scalars[place], code)]
            {
                scalars[place] = composed
                continue
            }
            if ownClass == 0 { starter = count }
            lastClass = ownClass
            scalars[count] = code
            count += 1
        }
        scalars.removeLast(scalars.count - count)
    }
}

/// Korean syllables, whose parts follow from their number.
private enum Hangul {
    static let leadBase: UInt32 = 0x1100, vowelBase: UInt32 = 0x1161, tailBase: UInt32 = 0x11A7, syllableBase: UInt32 = 0xAC00
    static let leadCount: UInt32 = 19, vowelCount: UInt32 = 21, tailCount: UInt32 = 28
    static let syllableCount = leadCount * vowelCount * tailCount

    static func parts(of code: UInt32) -> [UInt32]? {
        guard (syllableBase..<syllableBase + syllableCount).contains(code) else { return nil }
        let index = code - syllableBase
        let open = [leadBase + index / (vowelCount * tailCount), vowelBase + index / tailCount % vowelCount]
        return index % tailCount == 0 ? open : open + [tailBase + index % tailCount]
    }

    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (leadBase..<leadBase + leadCount).contains(first), (vowelBase..<vowelBase + vowelCount).contains(second) {
            return syllableBase + ((first - leadBase) * vowelCount + second - vowelBase) * tailCount
        }
        guard (syllableBase..<syllableBase + syllableCount).contains(first), (first - syllableBase) % tailCount == 0,
            (tailBase + 1..<tailBase + tailCount).contains(second)
        else { return nil }
        return first + second - tailBase
    }
}
