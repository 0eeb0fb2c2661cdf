// A cell of one's own is as fast as one of the library's: an LSTM written with the public functions, trained in turn with `LSTMCell`.
//
//     swift run -c release OwnCell [TRAIN] [--slice N] [--epochs N]          lines: label ||| text
import Elman
import ExampleSupport

/// The LSTM once more. `step` would do; with `read` a whole sequence is one node.
struct OwnLSTM: RecurrentCell {
    let inputSize: Int, hiddenSize: Int, inputWeights: Parameter, recurrentWeights: Parameter, bias: Parameter

    init(inputSize: Int, hiddenSize: Int, in parameters: ParameterCollection) {
        (self.inputSize, self.hiddenSize) = (inputSize, hiddenSize)
        inputWeights = parameters.add([4 * hiddenSize, inputSize], named: "inputWeights")
        recurrentWeights = parameters.add([4 * hiddenSize, hiddenSize], named: "recurrentWeights")
        bias = parameters.add([4 * hiddenSize], named: "bias", initializer: .zeros)
    }

    func initialState(in graph: ComputationGraph) -> LSTMState {
        LSTMState(hidden: graph.zeros([hiddenSize]), cell: graph.zeros([hiddenSize]))
    }

    func step(_ input: Expression, from state: LSTMState) -> LSTMState {
        let graph = input.graph
        let next = lstmStep(
            projected: affine(inputWeights(in: graph), input, bias(in: graph)), hidden: state.hidden, cell: state.cell,
            recurrentWeights: recurrentWeights(in: graph), forgetBias: 1)
        return LSTMState(hidden: next.hidden, cell: next.cell)
    }

    var readsSequences: Bool { true }

    func read(_ sequence: Expression, from state: LSTMState, isReversed: Bool) -> (outputs: Expression, state: LSTMState) {
        let graph = sequence.graph
        let states = lstmSequence(
            sequence, inputWeights: inputWeights(in: graph), bias: bias(in: graph), hidden: state.hidden, cell: state.cell,
            recurrentWeights: recurrentWeights(in: graph), forgetBias: 1, isReversed: isReversed)
        let last = isReversed ? 0 : sequence.shape.batchSize - 1
        return (states.hidden, LSTMState(hidden: states.hidden.member(last), cell: states.cell.member(last)))
    }

    func output(of state: LSTMState) -> Expression { state.hidden }

    func masked(_ state: LSTMState, by mask: Expression) -> LSTMState {
        LSTMState(hidden: state.hidden .* mask, cell: state.cell)
    }
}

typealias Sentence = (words: [Int], label: Int)

/// A classifier whose networks consist of a cell, and the time it took to learn.
final class Classifier<Cell: RecurrentCell> {
    let parameters = ParameterCollection(seed: 1), graph = ComputationGraph(), clock = ContinuousClock()
    let embeddings: LookupParameter, reader: Bidirectional<Cell>, output: Linear, trainer: Trainer
    var time = Duration.zero, total = 0.0

    init(wordCount: Int, classCount: Int) {
        embeddings = parameters.addLookup(count: wordCount, size: 64, named: "embeddings")
        reader = Bidirectional(inputSize: 64, hiddenSize: 64, in: parameters.scope("reader"))
        output = Linear(inputSize: 128, outputSize: classCount, in: parameters.scope("output"))
        trainer = AdamTrainer(parameters)
    }

    func learn(_ sentences: ArraySlice<Sentence>) {
        time += clock.measure {
            for sentence in sentences {
                graph.renew()
                let scores = output(reader.read(sequence: embeddings[sentence.words, in: graph]).summary)
                let loss = pickNegativeLogSoftmax(scores, sentence.label)
                total += Double(loss.value.scalar)
                loss.backward()
                trainer.update()
            }
        }
    }
}

let arguments = ExampleArguments(slice: 4000, epochs: 3)
let file = orEnd(try LabelledTexts(reading: [arguments.file(0, default: "Sources/CElmanTexts/texts/wordnet-gloss/train.txt")]))
let vocabulary = file.texts.lowercased().vocabulary(minimumCount: 2), classes = file.labelVocabulary()
let words = orEnd(try file.texts.lowercased().encoded(with: vocabulary)), labels = file.labelIndices(in: classes)
let sentences = (0..<min(file.count, arguments.slice)).map { (words: words[$0].map { Int($0) }, label: Int(labels[$0])) }

let own = Classifier<OwnLSTM>(wordCount: vocabulary.count, classCount: classes.count)
let library = Classifier<LSTMCell>(wordCount: vocabulary.count, classCount: classes.count)
for _ in 1...arguments.epochs {
    // In turn, so that a machine that slows down slows both.
    for start in stride(from: 0, to: sentences.count, by: 200) {
        let part = sentences[start..<min(start + 200, sentences.count)]
        own.learn(part)
        library.learn(part)
    }
}
let count = Double(sentences.count * arguments.epochs)
print("own cell      \(fixed(count / (own.time / .seconds(1)), 0)) sentences/s, loss \(fixed(own.total / count)) a sentence")
print(
    "library's     \(fixed(count / (library.time / .seconds(1)), 0)) sentences/s, loss \(fixed(library.total / count)) a sentence"
)
print("same losses: \(own.total == library.total)")
