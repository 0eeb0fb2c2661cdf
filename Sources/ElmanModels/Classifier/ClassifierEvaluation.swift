import ElmanText

extension Classifier {
    /// How good the classifier is on labelled texts.
    /// - Parameter worstErrorCount: how many of the worst errors to keep.
    public func evaluate(_ texts: LabelledTexts, worstErrorCount: Int = 10) -> ClassifierMetrics {
        evaluate(texts, EncodedTexts(texts.texts, vocabularies, configuration.encoder), worstErrorCount: worstErrorCount)
    }

    func evaluate(_ texts: LabelledTexts, _ encoded: EncodedTexts, worstErrorCount: Int) -> ClassifierMetrics {
        let all = labels.extended(with: texts.labelCounts)
        let gold = texts.labelIndices(in: all).map { Int($0) }
        var report = ClassificationReport(labels: all)
        var worst = WorstErrors(limit: worstErrorCount)
        var total = 0.0
        forEachText(lengths: encoded.lengths, { encoded[$0] }) { index, logProbabilities in
            let predicted = Prediction(logProbabilities).label
            let isKnown = gold[index] < labels.count
            let loss = isKnown ? -Double(logProbabilities[logProbabilities.startIndex + gold[index]]) : .infinity
            total += loss
            report.add(gold: gold[index], predicted: predicted)
            if predicted != gold[index] { worst.add(index, predicted: predicted, loss: loss) }
        }
        let errors = worst.errors.map { error in
            ClassifierMetrics.WrongPrediction(
                example: error.example, line: texts.lines[error.example],
                text: texts.texts.tokens(of: error.example).joined(separator: " "), gold: all[gold[error.example]],
                predicted: all[error.predicted], loss: error.loss)
        }
        return ClassifierMetrics(report: report, loss: total / Double(max(texts.count, 1)), worstErrors: errors)
    }
}

/// The errors with the largest losses; of equally bad ones the first.
private struct WorstErrors {
    let limit: Int
    var errors: [(example: Int, predicted: Int, loss: Double)] = []

    init(limit: Int) { self.limit = limit }

    mutating func add(_ example: Int, predicted: Int, loss: Double) {
        if errors.count == limit {
            guard let last = errors.last, loss > last.loss else { return }
            errors.removeLast()
        }
        let place = errors.firstIndex { loss > $0.loss } ?? errors.count
        errors.insert((example, predicted, loss), at: place)
    }
}
