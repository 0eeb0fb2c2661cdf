import ElmanFiles
import ElmanGraph
import ElmanText

extension EncoderVocabularies {
    /// What there is to see of words, but for what is decided.
    func inspection(
        of words: [String], _ encoded: EncodedSentence, vectorSeries: String, prefix: String = ""
    ) -> Inspection {
        var inspection = Inspection(
            tokens: words, places: Array(words.indices), vectorSeries: vectorSeries,
            steps: [InspectedSteps(prefix: prefix, names: words, first: 0)])
        inspection.unknown = words.indices.filter { encoded.words[$0] == self.words.unknown }
        return inspection
    }
}

extension Classifier: InspectableModel {
    /// Reads the words; decides the label.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        let encoded = vocabularies.encode(text.tokens)
        var inspection = vocabularies.inspection(of: text.tokens, encoded, vectorSeries: embeddings.name)
        let scores = scores(encoded, in: graph)
        guard deciding else { return inspection }
        inspection.decisions = [
            InspectedDecision(
                position: nil, name: "label", scores: scores, labels: .vocabulary(labels),
                outcome: text.labels.first.flatMap { labels.index(of: $0) })
        ]
        return inspection
    }
}

extension Tagger: InspectableModel {
    /// Reads the words; decides their tags. Scores are those of the words alone, before a chain or a scheme has its say; with the
    /// previous tag as input that tag is the one decided. What character language models say of words is read as it is: it is no
    /// part of the words' vectors.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        let encoded = inContext([vocabularies.encode(text.tokens)], numbers: [0], tokens: { _ in text.tokens })[0]
        var inspection = vocabularies.inspection(of: text.tokens, encoded, vectorSeries: embeddings.name)
        let outputs = wordOutputs(of: encoded, in: graph, isTraining: false)
        guard deciding, !outputs.isEmpty else { return inspection }
        let given = text.labels.map { tags.index(of: $0) }
        let decoded = given.count == outputs.count ? given : decode([outputs], in: graph)[0].map { Optional($0) }
        inspection.decisions = outputs.indices.map { word in
            let previous = word == 0 ? nil : decoded[word - 1]
            let scores = previousTags == nil ? scoreLayer(outputs[word]) : scores(outputs[word], after: previous)
            return InspectedDecision(
                position: word, about: word, name: text.tokens[word], scores: scores, labels: .vocabulary(tags),
                outcome: decoded[word])
        }
        return inspection
    }
}

extension TreeClassifier: InspectableModel {
    /// A bracketed tree.
    public func text(_ string: String) throws(DataError) -> InspectedText {
        let bank = try Treebank(text: Array(string.utf8), name: "the text")
        guard bank.count == 1 else {
            throw DataError(.badData, "\(bank.count) trees are given where one is to be looked at; give one, as (3 (2 a) (4 b))")
        }
        var text = InspectedText(tokens: bank.words.tokens(of: 0))
        text.labels = bank.labels.tokens(of: 0)
        text.tree = string
        return text
    }

    /// Reads the tree bottom-up; decides the label of every node. The steps of series are nodes, children before parents.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        guard let bracketed = text.tree else {
            throw DataError(.badData, "a model of trees reads bracketed trees, as (3 (2 a) (4 b))")
        }
        let bank = try Treebank(text: Array(bracketed.utf8), name: "the text")
        let trees = try encode(bank), tree = bank[0], encoded = trees.texts[0]
        let phrases = Self.phrases(of: tree, words: text.tokens)
        var inspection = vocabularies.inspection(of: text.tokens, encoded, vectorSeries: embeddings.name, prefix: "words/")
        inspection.steps.append(InspectedSteps(prefix: "network/", names: phrases, first: nil))
        let outputs = outputs(of: tree, words: encoded, in: graph)
        guard deciding else { return inspection }
        let scores = scores(outputs), given = bank.labels.tokens(of: 0)
        inspection.decisions = outputs.indices.map { node in
            InspectedDecision(
                position: nil, name: phrases[node], scores: outputs.count == 1 ? scores : scores.member(node),
                labels: .vocabulary(labels), outcome: labels.index(of: given[node]))
        }
        return inspection
    }

    /// The words under every node.
    private static func phrases(of tree: Tree, words: [String]) -> [String] {
        var rest = words[...], phrases: [String] = []
        for node in 0..<tree.count {
            let children = tree.children(of: node)
            phrases.append(
                children.isEmpty ? rest.popFirst() ?? "" : children.map { phrases[Int($0)] }.joined(separator: " "))
        }
        return phrases
    }
}
