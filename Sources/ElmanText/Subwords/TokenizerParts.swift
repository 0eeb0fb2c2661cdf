import ElmanFiles

extension TokenizerPart {
    func normalizer() throws(DataError) -> TokenizerNormalizer {
        switch try string("type") {
        case "Sequence":
            var steps: [TokenizerNormalizer] = []
            for part in try parts("normalizers") { steps.append(try part.normalizer()) }
            return .sequence(steps)
        case "Lowercase": return .lowercase
        case "NFC": return .nfc
        case "Prepend": return .prepend(try string("prepend"))
        case "Replace": return .replace(try pattern(), Array(try string("content").unicodeScalars))
        case let other: throw unsupported(other)
        }
    }

    func preTokenizer() throws(DataError) -> PreTokenizer {
        switch try string("type") {
        case "Sequence":
            var steps: [PreTokenizer] = []
            for part in try parts("pretokenizers") { steps.append(try part.preTokenizer()) }
            return .sequence(steps)
        case "ByteLevel":
            return .byteLevel(
                addsPrefixSpace: try bool("add_prefix_space", default: true), splits: try bool("use_regex", default: true))
        case "Whitespace": return .whitespace
        case "WhitespaceSplit": return .whitespaceSplit
        case "Metaspace":
            return .metaspace(
                mark: try scalar("replacement"), prepends: try prepending(), splits: try bool("split", default: true))
        case "Digits": return .digits(individually: try bool("individual_digits", default: false))
        case let other: throw unsupported(other)
        }
    }

    func decoder() throws(DataError) -> TokenizerDecoder {
        switch try string("type") {
        case "Sequence":
            var steps: [TokenizerDecoder] = []
            for part in try parts("decoders") { steps.append(try part.decoder()) }
            return .sequence(steps)
        case "ByteLevel": return .byteLevel
        case "BPEDecoder": return .suffix(try optionalString("suffix") ?? "</w>")
        case "Metaspace": return .metaspace(mark: try scalar("replacement"), dropsFirst: try prepending() != .never)
        case "Replace": return .replace(try pattern(), Array(try string("content").unicodeScalars))
        case "ByteFallback": return .byteFallback
        case "Fuse": return .fuse
        case "Strip":
            guard let start = value["start"]?.asInteger, let end = value["stop"]?.asInteger, start >= 0, end >= 0 else {
                throw error("“start” or “stop” is missing")
            }
            return .strip(try scalar("content"), start: start, end: end)
        case let other: throw unsupported(other)
        }
    }

    /// Where Metaspace puts a mark of its own; older files have a truth value for it.
    private func prepending() throws(DataError) -> PreTokenizer.Prepending {
        guard let text = try optionalString("prepend_scheme") else {
            return try bool("add_prefix_space", default: true) ? .always : .never
        }
        guard let prepending = PreTokenizer.Prepending(rawValue: text) else { throw error("“prepend_scheme” is “\(text)”") }
        return prepending
    }
}

extension TokenizerPart {
    /// The added tokens, and which index each one says it has.
    func addedTokens() throws(DataError) -> (tokens: [AddedTokens.Token], entries: [(String, Int)]) {
        var (tokens, entries): ([AddedTokens.Token], [(String, Int)]) = ([], [])
        guard let array = value["added_tokens"], array != .null else { return ([], []) }
        guard array.asArray != nil else { throw error("“added_tokens” is \(array.kindName), not an array") }
        for value in try parts("added_tokens").map(\.value) {
            let part = TokenizerPart(value: value, path: path, name: "added_tokens")
            let content = try part.string("content")
            guard let index = value["id"]?.asInteger else { throw part.error("“id” of “\(content)” is missing") }
            guard try !part.bool("single_word", default: false) else {
                throw part.error("“\(content)” is to be found as a single word, which is not supported")
            }
            guard let narrow = Int32(exactly: index), narrow >= 0 else { throw part.error("the id \(index) of “\(content)”") }
            let isSpecial = try part.bool("special", default: false)
            tokens.append(
                AddedTokens.Token(
                    index: narrow, text: Array(content.unicodeScalars), isSpecial: isSpecial,
                    isNormalized: try part.bool("normalized", default: !isSpecial),
                    takesLeft: try part.bool("lstrip", default: false), takesRight: try part.bool("rstrip", default: false)))
            entries.append((content, index))
        }
        return (tokens, entries)
    }

    /// All tokens by index. Every index from 0 on must have exactly one.
    func vocabulary(added: [(String, Int)], unknown: String?) throws(DataError) -> Vocabulary {
        guard let members = value["vocab"]?.asObject?.members else { throw error("“vocab” is missing or not an object") }
        var entries: [String?] = [String?](repeating: nil, count: members.count + added.count)
        func enter(_ token: String, _ index: Int?) throws(DataError) {
            guard let index, entries.indices.contains(index) else {
                throw error("“\(token)” has no index, or one beyond the number of tokens")
            }
            if let other = entries[index], !other.utf8.elementsEqual(token.utf8) {
                throw error("“\(other)” and “\(token)” have the same index \(index)")
            }
            entries[index] = token
        }
        for member in members { try enter(member.key, member.value.asInteger) }
        for (token, index) in added { try enter(token, index) }
        while let last = entries.last, last == nil { entries.removeLast() }
        let known = entries.compactMap { $0 }
        guard known.count == entries.count else {
            throw error("there is no token of index \(entries.firstIndex { $0 == nil } ?? 0); indices must follow each other")
        }
        do { return try Vocabulary(entries: known, unknown: unknown, boundary: nil) } catch { throw self.error(error.message) }
    }

    /// The merges and settings of the model.
    func subwordModel(_ vocabulary: Vocabulary, unknown: String?) throws(DataError) -> SubwordModel {
        var model = SubwordModel()
        model.prefix = Array((try optionalString("continuing_subword_prefix") ?? "").utf8)
        model.suffix = Array((try optionalString("end_of_word_suffix") ?? "").utf8)
        model.fusesUnknown = try bool("fuse_unk", default: false)
        model.fallsBackToBytes = try bool("byte_fallback", default: false)
        model.ignoresMerges = try bool("ignore_merges", default: false)
        if let unknown {
            guard let index = vocabulary.unknown else { throw error("the unknown token “\(unknown)” is not in the vocabulary") }
            model.unknown = Int32(index)
        }
        for (rank, merge) in try parts("merges").enumerated() {
            let (left, right) = try merge.mergedPair(rank)
            let whole = Array(left.utf8) + right.utf8.dropFirst(model.prefix.count)
            guard let leftIndex = vocabulary.index(of: left), let rightIndex = vocabulary.index(of: right),
                let symbol = vocabulary.index(of: whole)
            else { throw error("the merge \(rank), “\(left)” and “\(right)”, is not in the vocabulary") }
            model.table.add(
                Int32(leftIndex), Int32(rightIndex), MergeTable.Merge(rank: Int32(rank), symbol: Int32(symbol)))
        }
        return model
    }

    /// A merge as a pair, or as one text with a space in older files.
    private func mergedPair(_ rank: Int) throws(DataError) -> (String, String) {
        var texts = value.asArray?.compactMap(\.asString) ?? []
        if let text = value.asString { texts = text.utf8.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) } }
        guard texts.count == 2 else { throw error("the merge \(rank) is no pair of tokens") }
        return (texts[0], texts[1])
    }
}
