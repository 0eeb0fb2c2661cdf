import ElmanFiles

extension SubwordTokenizer {
    /// Reads a `tokenizer.json`. Throws where it is malformed, or has a part that is not read here, with the part's name.
    public init(reading path: String) throws(DataError) {
        let bytes = try FileSystem.readFile(path, maximumSize: 1 << 28)
        try self.init(parsing: bytes, path: nameInMessages(path))
    }

    /// Reads the contents of a `tokenizer.json`; `path` is for messages.
    public init(parsing bytes: [UInt8], path: String = "tokenizer.json") throws(DataError) {
        let file = TokenizerPart(value: try JSONValue(parsing: bytes, path: path), path: path, name: "the file")
        let model = try file.part("model")
        guard try model.optionalString("type") ?? "BPE" == "BPE" else { throw model.unsupported(try model.string("type")) }
        if let dropout = model.value["dropout"]?.asDouble, dropout != 0 {
            throw model.error("a dropout other than 0 is not supported")
        }
        let added = try file.addedTokens()
        let unknown = try model.optionalString("unk_token")
        vocabulary = try model.vocabulary(added: added.entries, unknown: unknown)
        addedTokens = AddedTokens(tokens: added.tokens)
        self.model = try model.subwordModel(vocabulary, unknown: unknown)
        normalizer = try file.optionalPart("normalizer")?.normalizer()
        preTokenizer = try file.optionalPart("pre_tokenizer")?.preTokenizer()
        decoder = try file.optionalPart("decoder")?.decoder()
    }
}

/// A part of a `tokenizer.json`, with what messages need.
struct TokenizerPart {
    let value: JSONValue
    let path: String
    let name: String

    func error(_ message: String) -> DataError { DataError(.badData, path: path, "\(name): \(message)") }

    func unsupported(_ type: String) -> DataError {
        error("the type “\(type)” is not supported; convert the tokenizer, or use another one")
    }

    func optionalPart(_ key: String) throws(DataError) -> TokenizerPart? {
        guard let value = value[key], value != .null else { return nil }
        guard value.asObject != nil else { throw error("“\(key)” is \(value.kindName), not an object") }
        return TokenizerPart(value: value, path: path, name: key)
    }

    func part(_ key: String) throws(DataError) -> TokenizerPart {
        guard let part = try optionalPart(key) else { throw error("“\(key)” is missing") }
        return part
    }

    func parts(_ key: String) throws(DataError) -> [TokenizerPart] {
        guard let array = value[key]?.asArray else { throw error("“\(key)” is missing or not an array") }
        return array.map { TokenizerPart(value: $0, path: path, name: name) }
    }

    func optionalString(_ key: String) throws(DataError) -> String? {
        guard let value = value[key], value != .null else { return nil }
        guard let text = value.asString else { throw error("“\(key)” is \(value.kindName), not a string") }
        return text
    }

    func string(_ key: String) throws(DataError) -> String {
        guard let text = try optionalString(key) else { throw error("“\(key)” is missing") }
        return text
    }

    func bool(_ key: String, default fallback: Bool) throws(DataError) -> Bool {
        guard let value = value[key], value != .null else { return fallback }
        guard let bool = value.asBool else { throw error("“\(key)” is \(value.kindName), not true or false") }
        return bool
    }

    func scalar(_ key: String) throws(DataError) -> Unicode.Scalar {
        let text = try string(key)
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw error("“\(key)” is not a single character")
        }
        return scalar
    }

    /// The text that a `pattern` says, where it is a plain one.
    func pattern() throws(DataError) -> [Unicode.Scalar] {
        guard let text = value["pattern"]?["String"]?.asString else {
            throw error("only patterns of plain text are supported, no regular expressions")
        }
        return Array(text.unicodeScalars)
    }
}
