// Retrieval: two LSTM encoders put a text and its translation close together; a query finds its translation among all others.
//
//     swift run -c release TextRetrieval [TRAIN DEV] [--slice N] [--epochs N]          lines: source<TAB>target
import Elman
import ExampleSupport

struct Encoder {
    let embeddings: LookupParameter, reader: Bidirectional<LSTMCell>

    init(wordCount: Int, in parameters: ParameterCollection) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
    }

    /// The vector of a text, `[128]`: last state forwards, last state backwards.
    func callAsFunction(_ words: [Int], in graph: ComputationGraph) -> Expression {
        reader.read(words.map { embeddings[$0, in: graph] }, in: graph).summary
    }

    /// The vectors of many texts as the columns of a matrix.
    func matrix(_ texts: [[Int]], in graph: ComputationGraph) -> Expression {
        concatenateColumns(texts.map { self($0, in: graph) })
    }
}

let arguments = ExampleArguments(slice: 2000, epochs: 5)
func read(_ index: Int, _ name: String) throws -> ParallelTexts {
    let path = arguments.file(index, default: "Sources/CElmanTexts/texts/verses/" + name)
    return try ParallelTexts(reading: path, columns: arguments.hasFiles ? nil : .init(source: 3, target: 2))
}
func encoded(_ texts: TokenLists, _ vocabulary: Vocabulary) throws -> [[Int]] {
    let lists = try texts.encoded(with: vocabulary)
    return (0..<min(lists.count, arguments.slice)).map { lists[$0].map { Int($0) } }
}

let training = orEnd(try read(0, "train.tsv")), development = orEnd(try read(1, "dev.tsv"))
let sourceWords = training.sources.vocabulary(minimumCount: 2), targetWords = training.targets.vocabulary(minimumCount: 2)
let sources = orEnd(try encoded(training.sources, sourceWords)), targets = orEnd(try encoded(training.targets, targetWords))
let queries = orEnd(try encoded(development.sources, sourceWords))
let answers = orEnd(try encoded(development.targets, targetWords))

let parameters = ParameterCollection(seed: 1)
let source = Encoder(wordCount: sourceWords.count, in: parameters.scope("source"))
let target = Encoder(wordCount: targetWords.count, in: parameters.scope("target"))
let trainer = AdamTrainer(parameters)
trainer.clipNorm = 5
let graph = ComputationGraph()
for epoch in 1...arguments.epochs {
    var total = 0.0
    for batch in SentenceBatches.shuffled(count: sources.count, size: 16, seed: UInt64(epoch)).batches {
        graph.renew()
        // The dot product of every source of the batch with every target: the right ones lie on the diagonal and must be
        // greater than the others of their row by a margin of 1.
        let similarities = columnDots(
            source.matrix(batch.map { sources[$0] }, in: graph), target.matrix(batch.map { targets[$0] }, in: graph))
        let loss = sum(hinge(similarities, Array(batch.indices), dimension: 1))
        total += Double(loss.value.scalar)
        loss.backward()
        trainer.update()
    }
    graph.renew()
    let similarities = columnDots(target.matrix(answers, in: graph), source.matrix(queries, in: graph)).value
    var metrics = RetrievalMetrics()
    for query in queries.indices {
        // A column of a tensor lies in one piece: the scores of all answers to one query.
        let scores = similarities.scalars[query * answers.count..<(query + 1) * answers.count]
        metrics.add(rank: RetrievalMetrics.rank(of: query, scores: scores))
    }
    let recalls = [1, 5, 10].map { "recall@\($0) \(percent(metrics.recall(at: $0)))" }.joined(separator: ", ")
    print("epoch \(epoch): loss \(fixed(total / Double(sources.count))) a pair, dev \(recalls)")
}
