import Elman

extension InspectableModel {
    /// The texts of a file, one a line; the whole file as one text for a model that goes on from line to line. `limit`: of a long file
    /// only so many tokens, to the end of the line.
    func texts(ofLinesIn file: String, limit: Int = .max) throws -> [InspectedText] {
        let string = try readText(file)
        if carriesState {
            var text = try text(string)
            text.tokens = Array(text.tokens.prefix(limit))
            return [text]
        }
        var texts: [InspectedText] = [], count = 0
        for line in textLines(string) where count < limit {
            texts.append(try text(line))
            count += texts[texts.count - 1].tokens.count
        }
        return texts
    }

    /// The texts of a file of the kind that models of this task are trained on, with labels where the file has them.
    func ownTexts(in file: String) throws -> [InspectedText] {
        switch self {
        case is Classifier:
            let bytes = try FileSystem.readFile(file)
            guard [.labelBars, .labelTab, .labelPrefix].contains(TextFormat(guessing: bytes)) else {
                return try texts(ofLinesIn: file)
            }
            let read = try LabelledTexts(text: bytes, name: file)
            return (0..<read.count).map { number in
                var text = InspectedText(tokens: read.texts.tokens(of: number))
                text.labels = [read.label(of: number)]
                return text
            }
        case is Tagger:
            let read = try TaggedTexts(reading: [file], options: TagReadingOptions(allowsMissingTags: true))
            return (0..<read.count).map { number in
                var text = InspectedText(tokens: read.words.tokens(of: number))
                text.labels = read.tags?.tokens(of: number) ?? []
                return text
            }
        case is Parser:
            let bank = try DependencyTreebank(reading: [file], options: DependencyOptions(allowsMissingHeads: true))
            return (0..<bank.count).map { number in
                var text = InspectedText(tokens: bank.words.tokens(of: number))
                text.tags = bank.upos.tokens(of: number)
                return text
            }
        case is Translator, is SentenceRetriever:
            return try textLines(try readText(file)).map { line in
                let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                var text = try text(parts[0])
                text.target = parts.count == 2 ? InspectedText(words: parts[1]).tokens : nil
                return text
            }
        default: return try texts(ofLinesIn: file)
        }
    }

    /// Some of the texts at even distances, those of language models cut after so many tokens; of a model that goes on from line to line
    /// pieces of the text, so many tokens long.
    func sample(of texts: [InspectedText], count: Int, length: Int) -> [InspectedText] {
        let texts = texts.filter { !$0.tokens.isEmpty }
        func places(_ available: Int) -> [Int] {
            let count = min(count, available)
            return (0..<count).map { $0 * available / count }
        }
        guard carriesState, let text = texts.first else {
            return places(texts.count).map { place in
                self is LanguageModel ? InspectedText(tokens: Array(texts[place].tokens.prefix(length))) : texts[place]
            }
        }
        let length = min(length, text.tokens.count)
        return places(text.tokens.count - length + 1).map { start in
            InspectedText(tokens: Array(text.tokens[start..<start + length]))
        }
    }
}
