import Elman

/// The workloads of `elman bench`. Their names, data, batches and units are those of the peers' scripts in `Benchmarks`.
enum Workload: String, CaseIterable {
    case sentimentRNN = "sentiment-rnn"
    case sentimentLSTM = "sentiment-lstm"
    case lmLSTM = "lm-lstm"
    case lmMinibatch = "lm-minibatch"
    case lmMinibatchUnsorted = "lm-minibatch-unsorted"
    case lmAutobatch = "lm-autobatch"
    case lmAutobatchSorted = "lm-autobatch-sorted"
    case bilstmTagger = "bilstm-tagger"
    case bilstmTagger16 = "bilstm-tagger-16"
    case lmZarembaMedium = "lm-zaremba-medium"
    case lmChar = "lm-char"
    case seq2seq
    case seq2seq16 = "seq2seq-16"
    case retrieval
    case treeLSTM = "tree-lstm"
    case treeLSTM16 = "tree-lstm-16"
    case generationWord = "generation-word"
    case generationChar = "generation-char"

    var unit: String {
        switch self {
        case .sentimentRNN, .sentimentLSTM, .retrieval, .treeLSTM, .treeLSTM16: "sentences"
        case .lmChar, .generationChar: "chars"
        default: "words"
        }
    }

    var isGeneration: Bool { self == .generationWord || self == .generationChar }

    /// Whether its graph's products can read bfloat16.
    var takesProductPrecision: Bool { rawValue.hasPrefix("lm-") }

    func measure(_ settings: BenchSettings) throws(DataError) -> Measurement {
        let data = settings.data, seconds = settings.seconds
        return switch self {
        case .sentimentRNN: try SentenceWorkloads.sentiment(ElmanCell.self, data, seconds: seconds)
        case .sentimentLSTM: try SentenceWorkloads.sentiment(LSTMCell.self, data, seconds: seconds)
        case .lmLSTM: try LanguageModelWorkloads.sentences(settings)
        case .lmMinibatch: try LanguageModelWorkloads.padded(settings)
        case .lmMinibatchUnsorted: try LanguageModelWorkloads.padded(settings, sorted: false)
        case .lmAutobatch: try LanguageModelWorkloads.automatic(settings)
        case .lmAutobatchSorted: try LanguageModelWorkloads.automatic(settings, sorted: true)
        case .bilstmTagger: try SentenceWorkloads.tagger(data, seconds: seconds)
        case .bilstmTagger16: try SentenceWorkloads.batchedTagger(data, seconds: seconds)
        case .lmZarembaMedium: try LanguageModelWorkloads.zaremba(settings)
        case .lmChar: try LanguageModelWorkloads.characters(settings)
        case .seq2seq: try TranslationWorkloads.single(data, seconds: seconds)
        case .seq2seq16: try TranslationWorkloads.batched(data, seconds: seconds)
        case .retrieval: try SentenceWorkloads.retrieval(data, seconds: seconds)
        case .treeLSTM: try TreeWorkloads.single(data, seconds: seconds)
        case .treeLSTM16: try TreeWorkloads.batched(data, seconds: seconds)
        case .generationWord: GenerationWorkloads.words(settings)
        case .generationChar: GenerationWorkloads.characters(settings)
        }
    }
}

/// How a workload is measured.
struct BenchSettings {
    var data: String
    var seconds: Double
    /// How matrix products read their factors.
    var products = ProductPrecision.float32
    /// In how many bits weights are held.
    var weights = WeightPrecision.float32

    /// A graph for training.
    func makeGraph() -> ComputationGraph {
        let graph = ComputationGraph()
        graph.productPrecision = products
        return graph
    }
}

/// Floating-point operations of one step of an LSTM's matrix products.
func operationsOfLSTM(input: Int, hidden: Int) -> Int { 8 * hidden * (input + hidden) }
