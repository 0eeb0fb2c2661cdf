import ElmanGraph
import ElmanTensor
import ElmanText

extension Parser {
    /// The trees of sentences, in their order. A sentence gets the same tree alone and among others.
    public func trees(of sentences: [ParserSentence]) -> [ParsedSentence] {
        let graph = ComputationGraph(keepsForBackward: false)
        var result = [ParsedSentence](repeating: ParsedSentence(heads: [], relations: []), count: sentences.count)
        for group in sentenceGroups(sentences.map(\.count)) {
            let numbers = group.filter { sentences[$0].count > 0 }
            if numbers.isEmpty { continue }
            graph.renew()
            let trees = network.trees(of: numbers.map { sentences[$0] }, in: graph)
            for (number, tree) in zip(numbers, trees) { result[number] = tree }
        }
        return result
    }

    /// The trees of sentences given as words, with their universal parts of speech where the parser looks at them.
    public func trees(of sentences: [[String]], upos: [[String]] = []) -> [ParsedSentence] {
        if tags != nil, upos.count != sentences.count {
            fail("parts of speech are given for \(upos.count) of \(sentences.count) sentences")
        }
        return trees(of: sentences.indices.map { encode(sentences[$0], upos: tags == nil ? [] : upos[$0]) })
    }

    /// The trees of encoded sentences.
    public func trees(of sentences: EncodedDependencies) -> [ParsedSentence] {
        trees(of: (0..<sentences.count).map { sentences[$0] })
    }

    /// CoNLL-U with the trees that the parser finds: heads and relations are replaced, everything else is kept. The sentences must have
    /// been read with `DependencyOptions.keepsText`.
    public func conllu(of sentences: EncodedDependencies) -> [UInt8] {
        let trees = trees(of: sentences)
        return sentences.bank.contents(
            heads: trees.flatMap { $0.heads.map { Int32($0) } }, relations: trees.flatMap { $0.relations.map { Int32($0) } },
            of: relations)
    }

    /// How many words get the right head and relation, as the evaluation of the CoNLL 2018 task counts them.
    public func metrics(of sentences: EncodedDependencies) -> ParserMetrics {
        var metrics = ParserMetrics(relations: sentences.relations)
        for (number, tree) in trees(of: sentences).enumerated() {
            metrics.add(
                gold: zip(sentences.bank.heads(of: number), sentences.allRelations(of: number)).map { ($0, $1) },
                predicted: zip(tree.heads, tree.relations).map { (Int32($0), Int32($1)) })
        }
        return metrics
    }
}
