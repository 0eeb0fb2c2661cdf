/// How a line gives its label.
public enum LabelFormat: String, Sendable, CaseIterable {
    /// `label ||| text`, as the lecture's files.
    case bars
    /// `label<TAB>text`.
    case tab
    /// `__label__x text`, as fastText's files; exactly one label.
    case prefix

    /// The format as one would write a line of it.
    public var title: String {
        switch self {
        case .bars: "label ||| text"
        case .tab: "label<TAB>text"
        case .prefix: "__label__x text"
        }
    }

    static let prefixBytes = Array("__label__".utf8)

    /// What the first line of a file shows, nil where it has no label.
    static func guess(_ line: ByteView) -> LabelFormat? {
        let start = line.trimmed(0..<line.count)
        if line[start].starts(with: prefixBytes) { return .prefix }
        let (tab, bars) = (line.firstIndex(of: 9), line.firstBars)
        guard let bars else { return tab == nil ? nil : .tab }
        return (tab ?? .max) < bars ? .tab : .bars
    }

    /// Where label and text are in a line, nil where the line is not of this format.
    func split(_ line: ByteView) -> (label: Range<Int>, text: Range<Int>)? {
        switch self {
        case .bars:
            guard let bars = line.firstBars else { return nil }
            return (line.trimmed(0..<bars), line.trimmed(bars + 3..<line.count))
        case .tab:
            guard let tab = line.firstIndex(of: 9) else { return nil }
            return (line.trimmed(0..<tab), line.trimmed(tab + 1..<line.count))
        case .prefix:
            let whole = line.trimmed(0..<line.count)
            guard line[whole].starts(with: Self.prefixBytes) else { return nil }
            let end = line[whole].firstIndex { $0 == 0x20 || $0 == 9 } ?? whole.upperBound
            return (whole.lowerBound + Self.prefixBytes.count..<end, line.trimmed(end..<whole.upperBound))
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where `|||` stands first.
    fileprivate var firstBars: Int? {
        let bar = UInt8(ascii: "|")
        return indices.dropLast(2).first { self[$0] == bar && self[$0 + 1] == bar && self[$0 + 2] == bar }
    }
}
