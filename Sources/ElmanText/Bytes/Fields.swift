extension UnsafeBufferPointer<UInt8> {
    /// Where the fields of a line are: between single tabs where it has any, else between runs of spaces.
    ///
    /// Between tabs a field may be empty or hold spaces. `ranges` is filled anew.
    func findFields(_ ranges: inout [Range<Int>]) {
        ranges.removeAll(keepingCapacity: true)
        if contains(9) { return findFields(separator: 9, &ranges) }
        var start = 0
        while true {
            while start < count, self[start] == 0x20 { start += 1 }
            guard start < count else { return }
            var end = start + 1
            while end < count, self[end] != 0x20 { end += 1 }
            ranges.append(start..<end)
            start = end
        }
    }

    /// Where the fields between single separators are. `ranges` is filled anew.
    func findFields(separator: UInt8, _ ranges: inout [Range<Int>]) {
        ranges.removeAll(keepingCapacity: true)
        var start = 0
        for index in 0..<count where self[index] == separator {
            ranges.append(start..<index)
            start = index + 1
        }
        ranges.append(start..<count)
    }

    /// The range without spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 0x20 || self[start] == 9 { start += 1 }
        while start < end, self[end - 1] == 0x20 || self[end - 1] == 9 { end -= 1 }
        return start..<end
    }

    /// The whole number that the bytes spell in digits, nil where they do not or it is above 2^31.
    var wholeNumber: Int? {
        guard !isEmpty, count <= 10 else { return nil }
        var value = 0
        for byte in self {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = 10 * value + Int(byte & 0x0F)
        }
        return value <= 1 << 31 ? value : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the words are: between runs of spaces and tabs. `ranges` is filled anew.
    func findWords(_ ranges: inout [Range<Int>]) {
        ranges.removeAll(keepingCapacity: true)
        var start = 0
        while true {
            while start < count, self[start] == 0x20 || self[start] == 9 { start += 1 }
            guard start < count else { return }
            var end = start + 1
            while end < count, self[end] != 0x20, self[end] != 9 { end += 1 }
            ranges.append(start..<end)
            start = end
        }
    }
}
