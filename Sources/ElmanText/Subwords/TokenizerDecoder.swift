/// How tokens become a text again, as a `tokenizer.json` says.
enum TokenizerDecoder: Sendable, Equatable {
    /// One after the other.
    case sequence([TokenizerDecoder])
    /// Visible characters back to bytes.
    case byteLevel
    /// The suffix of a word's last piece becomes a space.
    case suffix(String)
    /// The mark becomes a space; where one was prepended, not in the first token.
    case metaspace(mark: Unicode.Scalar, dropsFirst: Bool)
    /// Another text in place of one.
    case replace([Unicode.Scalar], [Unicode.Scalar])
    /// `<0x41>` becomes a byte; bytes that are not UTF-8 become U+FFFD, one each.
    case byteFallback
    /// All tokens become one.
    case fuse
    /// So many of a character are taken from the start and the end of every token.
    case strip(Unicode.Scalar, start: Int, end: Int)

    func decoded(_ tokens: [String]) -> [String] {
        switch self {
        case .sequence(let steps): steps.reduce(tokens) { $1.decoded($0) }
        case .byteLevel: [String(decoding: tokens.flatMap { ByteLevel.decoded($0) }, as: UTF8.self)]
        case .suffix(let suffix):
            tokens.enumerated().map { index, token in
                text(replacing(Array(suffix.unicodeScalars), by: index == tokens.count - 1 ? [] : [" "], in: scalars(token)))
            }
        case .metaspace(let mark, let dropsFirst):
            tokens.enumerated().map { index, token in
                text(replacing([mark], by: index == 0 && dropsFirst ? [] : [" "], in: scalars(token)))
            }
        case .replace(let old, let new): tokens.map { text(replacing(old, by: new, in: scalars($0))) }
        case .byteFallback: Self.withBytes(tokens)
        case .fuse: [tokens.joined()]
        case .strip(let mark, let start, let end): tokens.map { Self.stripped($0, mark, start: start, end: end) }
        }
    }

    private func scalars(_ token: String) -> [Unicode.Scalar] { Array(token.unicodeScalars) }

    private func text(_ scalars: [Unicode.Scalar]) -> String { String(String.UnicodeScalarView(scalars)) }

    private static func withBytes(_ tokens: [String]) -> [String] {
        var (result, bytes) = ([String](), [UInt8]())
        func flush() {
            guard !bytes.isEmpty else { return }
            let isValid = bytes.withUnsafeBufferPointer { UTF8Checker.firstInvalid(in: $0) } == nil
            result += isValid ? [String(decoding: bytes, as: UTF8.self)] : bytes.map { _ in "\u{FFFD}" }
            bytes = []
        }
        for token in tokens {
            let digits = token.utf8.dropFirst(3).prefix(2)
            if token.utf8.count == 6, token.utf8.starts(with: "<0x".utf8), token.utf8.last == UInt8(ascii: ">"),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
            } else {
                flush()
                result.append(token)
            }
        }
        flush()
        return result
    }

    private static func stripped(_ token: String, _ mark: Unicode.Scalar, start: Int, end: Int) -> String {
        var scalars = Array(token.unicodeScalars)[...]
        for _ in 0..<start where scalars.first == mark { scalars = scalars.dropFirst() }
        for _ in 0..<end where scalars.last == mark { scalars = scalars.dropLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}
