import ElmanGraph
import ElmanLayers
import ElmanTensor

extension Tagger {
    /// The losses of sentences, one number each. A sentence of no words has the loss 0. Fails where a sentence has not as many
    /// tags as words.
    /// - Parameters:
    ///   - tags: for each sentence the numbers of its tags in `tags`.
    ///   - teacherForcing: how often the previous tag of the input is the right one; matters for `.previousTag` alone.
    ///   - seeds: for each sentence what to draw that from; without any it is always the right one.
    public func losses(
        of sentences: [EncodedSentence], tags: [[Int]], in graph: ComputationGraph, isTraining: Bool = false,
        teacherForcing: Float = 1, seeds: [UInt64] = []
    ) -> [Expression] {
        for (sentence, tags) in zip(sentences, tags) where sentence.count != tags.count {
            fail("\(tags.count) tags are given for \(sentence.count) words")
        }
        let outputs = sentences.map { wordOutputs(of: $0, in: graph, isTraining: isTraining) }
        return losses(of: outputs, tags: tags, in: graph, teacherForcing: teacherForcing, seeds: seeds)
    }

    /// The losses of sentences whose words' outputs are known.
    func losses(
        of outputs: [[Expression]], tags: [[Int]], in graph: ComputationGraph, teacherForcing: Float, seeds: [UInt64]
    ) -> [Expression] {
        if configuration.loss == .previousTag, teacherForcing < 1, !seeds.isEmpty {
            return sampledLosses(outputs, tags, in: graph, teacherForcing: teacherForcing, seeds: seeds)
        }
        return zip(outputs, tags).map { outputs, tags in
            outputs.isEmpty ? graph.zeros([]) : loss(outputs, tags)
        }
    }

    /// What the network says at each word.
    func wordOutputs(of sentence: EncodedSentence, in graph: ComputationGraph, isTraining: Bool) -> [Expression] {
        sentence.count == 0
            ? []
            : encoder.dropped(
                encoder.read(
                    sentence, beside: besideVectors(of: sentence, in: graph, isTraining: isTraining), in: graph,
                    isTraining: isTraining
                ).outputs, isTraining: isTraining)
    }

    private func loss(_ outputs: [Expression], _ tags: [Int]) -> Expression {
        switch configuration.loss {
        case .softmax: return sum(zip(outputs, tags).map { pickNegativeLogSoftmax(scoreLayer($0), $1) })
        case .crf: return chain!.negativeLogLikelihood(emissions(outputs), tags: tags)
        case .perceptron: return chain!.perceptronLoss(emissions(outputs), tags: tags)
        case .margin: return chain!.marginLoss(emissions(outputs), tags: tags, cost: configuration.marginCost)
        case .previousTag:
            let losses = outputs.indices.map { word in
                pickNegativeLogSoftmax(scores(outputs[word], after: word == 0 ? nil : tags[word - 1]), tags[word])
            }
            return sum(losses)
        }
    }

    /// Scheduled sampling (Bengio et al. 2015): the tag before a word is the right one or, drawn for each word, the likeliest by
    /// the tagger's own scores. All sentences go from word to word together, so that a batch computes each word once.
    private func sampledLosses(
        _ outputs: [[Expression]], _ tags: [[Int]], in graph: ComputationGraph, teacherForcing: Float, seeds: [UInt64]
    ) -> [Expression] {
        var generators = seeds.map { RandomGenerator(seed: $0) }
        var losses = outputs.map { _ in [Expression]() }
        var previous = [Int?](repeating: nil, count: outputs.count)
        for word in 0..<(outputs.map(\.count).max() ?? 0) {
            var sampled: [(sentence: Int, scores: Expression)] = []
            for sentence in outputs.indices where word < outputs[sentence].count {
                let scores = scores(outputs[sentence][word], after: previous[sentence])
                losses[sentence].append(pickNegativeLogSoftmax(scores, tags[sentence][word]))
                previous[sentence] = tags[sentence][word]
                let isOwn = generators[sentence].uniform() >= Double(teacherForcing)
                if isOwn, word + 1 < outputs[sentence].count { sampled.append((sentence, scores)) }
            }
            guard !sampled.isEmpty else { continue }
            let values = concatenate(sampled.map(\.scores)).value.scalars
            for (place, item) in sampled.enumerated() {
                previous[item.sentence] = argumentOfMaximum(values[place * self.tags.count..<(place + 1) * self.tags.count])
            }
        }
        return losses.map { $0.isEmpty ? graph.zeros([]) : sum($0) }
    }
}
