import ElmanFiles
import ElmanGraph
import ElmanText

extension Parser: InspectableModel {
    /// Words between spaces; `word|TAG` for a parser that looks at parts of speech.
    public func text(_ string: String) throws(DataError) -> InspectedText {
        var text = InspectedText(words: string)
        guard tags != nil else { return text }
        for (index, word) in text.tokens.enumerated() {
            guard let bar = word.lastIndex(of: "|"), bar != word.startIndex else {
                throw DataError(.badData, "this parser looks at parts of speech; give word|TAG word|TAG, with those of CoNLL-U")
            }
            text.tokens[index] = String(word[..<bar])
            text.tags.append(String(word[word.index(after: bar)...]))
        }
        return text
    }

    /// Reads the words; decides the head of every word, or action after action. Throws `.badData` where parts of speech are
    /// missing.
    public func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection {
        guard tags == nil || text.tags.count == text.tokens.count else {
            throw DataError(.badData, "\(text.tags.count) parts of speech are given for \(text.tokens.count) words")
        }
        let sentence = encode(text.tokens, upos: text.tags)
        var inspection = vocabularies.inspection(
            of: text.tokens, sentence.words, vectorSeries: embeddings.name, prefix: embeddings.name)
        guard sentence.count > 0 else { return inspection }
        let root = "ROOT"
        switch network {
        case let network as GraphParser:
            inspection.steps.append(InspectedSteps(prefix: "network/", names: [root] + text.tokens, first: 1))
            let scores = network.headScores(of: sentence, in: graph)
            guard deciding else { break }
            let heads = trees(of: [sentence])[0].heads
            inspection.decisions = text.tokens.indices.map { word in
                InspectedDecision(
                    position: word, about: word, name: "head of \(text.tokens[word])", scores: scores.column(word),
                    labels: .names([root] + text.tokens), outcome: heads[word])
            }
        case let network as TransitionParser:
            inspection.steps.append(InspectedSteps(prefix: "network/", names: text.tokens, first: 0))
            inspection.isPathDependent = true
            inspection.decisions = deciding ? network.decisions(on: sentence, text.tokens, relations, in: graph) : []
            if !deciding { _ = network.begin(sentence, in: graph, isTraining: false) }
        default: break
        }
        return inspection
    }
}

extension GraphParser {
    /// The scores of all words, the root first, as heads of each word: `[n + 1, n]`.
    func headScores(of sentence: ParserSentence, in graph: ComputationGraph) -> Expression {
        arcs(states(of: sentence, in: graph, isTraining: false))
    }
}

extension TransitionParser {
    /// The choices on the way to the tree that it finds, each among the legal actions.
    func decisions(
        on sentence: ParserSentence, _ words: [String], _ relations: Vocabulary, in graph: ComputationGraph
    ) -> [InspectedDecision] {
        let names = (0..<actions.count).map { number in
            let (transition, relation) = actions.action(number)
            return transition == .shift ? "shift" : "\(transition) \(relations[relation])"
        }
        var walks = [begin(sentence, in: graph, isTraining: false)]
        var decisions: [InspectedDecision] = []
        run(&walks, in: graph, isTraining: false) { _, choice in
            let best = choice.best(of: choice.legal)
            let stack = choice.state.stack.suffix(2).map { words[$0 - 1] }.joined(separator: " ")
            let next = choice.state.next <= words.count ? words[choice.state.next - 1] : "end"
            decisions.append(
                InspectedDecision(
                    position: nil, name: "\(decisions.count + 1): \(stack) | \(next)", scores: choice.expression[choice.legal],
                    labels: .names(Array(names[choice.legal])), outcome: best - choice.legal.lowerBound))
            return best
        }
        return decisions
    }
}
