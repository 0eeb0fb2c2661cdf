import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

/// A model that can be looked into while it reads: all that this program trains are.
///
///     let graph = ComputationGraph()
///     graph.recording = Recording()
///     let inspection = try model.inspect(model.text("the king sleeps"), in: graph)
///     graph.recording!.values(of: "rnn/0/cell")           // for every token a value of every unit
///     inspection.decisions[0].probabilities               // what it says, and of what
public protocol InspectableModel: Sendable {
    /// All its parameters.
    var parameters: ParameterCollection { get }
    /// What its texts are made of.
    var unit: TextUnit { get }
    /// Whether a text goes on where the one before ended.
    var carriesState: Bool { get }
    /// A text as it is written for the model: words between spaces, or characters. Throws where it is malformed.
    func text(_ string: String) throws(DataError) -> InspectedText
    /// Reads a text in a graph that records and intervenes as it was told. Throws where the text cannot be read.
    /// - Parameters:
    ///   - state: where an earlier text ended; nil: the beginning.
    ///   - deciding: false: only reads; what the model decides is not computed.
    func inspect(
        _ text: InspectedText, from state: InspectionState?, in graph: ComputationGraph, deciding: Bool
    ) throws(DataError) -> Inspection
}

extension InspectableModel {
    /// Words.
    public var unit: TextUnit { .word }
    /// False.
    public var carriesState: Bool { false }

    /// Words between spaces.
    public func text(_ string: String) throws(DataError) -> InspectedText { InspectedText(words: string) }

    /// Reads a text from its beginning, and decides.
    public func inspect(_ text: InspectedText, in graph: ComputationGraph) throws(DataError) -> Inspection {
        try inspect(text, from: nil, in: graph, deciding: true)
    }
}

/// A text to be looked at.
public struct InspectedText: Sendable, Hashable {
    /// Its words or characters.
    public var tokens: [String]
    /// What the model should say of it, where that is known: the label of the text, or one for each token.
    public var labels: [String] = []
    /// Words of the counterpart: of translators what is to be written, of retrievers what the text is compared with.
    public var target: [String]?
    /// Parts of speech, for parsers that look at them.
    public var tags: [String] = []
    /// The text as a bracketed tree, for models of trees.
    public var tree: String?

    /// A text of tokens.
    public init(tokens: [String]) { self.tokens = tokens }

    /// A text of words between spaces, tabs and ends of lines.
    public init(words string: String) { tokens = string.split(whereSeparator: \.isWhitespace).map(String.init) }
}

/// Where a model stands after a text, as plain values.
public struct InspectionState: Sendable {
    /// The parts of the state.
    package let values: [[Tensor]]
    /// The scores of what comes next.
    package let scores: [Float]
}

/// What there is to see of a text that was read. Expressions belong to its graph.
public struct Inspection {
    /// The tokens that were read, marks that the model adds included.
    public var tokens: [String]
    /// For each token of the text its place among `tokens`: of words in pieces that of the last piece.
    public var places: [Int]
    /// Places of tokens that the vocabulary lacks.
    public var unknown: [Int] = []
    /// The series of the tokens' vectors, one step for each of `tokens`.
    public var vectorSeries: String
    /// Whether what is decided first changes what there is to decide later, as the actions of a parser do.
    public var isPathDependent = false
    /// What the steps of series are.
    public var steps: [InspectedSteps]
    /// What the model decides, in the order in which it does.
    public var decisions: [InspectedDecision] = []
    /// Where it stands afterwards, computed when asked for; nil where texts do not go on.
    public var finalState: (() -> InspectionState)?
}

/// What the steps of some series are.
public struct InspectedSteps: Sendable, Hashable {
    /// With what the series' names begin.
    public let prefix: String
    /// One name a step.
    public let names: [String]
    /// At which step the first token was read; nil where steps are something else than tokens.
    public let first: Int?

    /// Steps of series.
    public init(prefix: String = "", names: [String], first: Int?) {
        self.prefix = prefix
        self.names = names
        self.first = first
    }
}

extension Inspection {
    /// What the steps of a series are; nil where that is not known, or they are not so many.
    public func steps(of series: String, count: Int) -> InspectedSteps? {
        steps.first { series.hasPrefix($0.prefix) && $0.names.count == count }
    }
}

/// Something that a model decides: the next token, a label, a tag, an action.
public struct InspectedDecision {
    /// The place of the token after which it is decided; nil: after the whole text. -1: before the first token.
    public var position: Int?
    /// The place of the token that it is about; nil where it is about something else.
    public var about: Int?
    /// What it is about, for people.
    public var name: String
    /// The scores of the labels before softmax, `[labels.count]`; of a single label how much speaks for it.
    public var scores: Expression
    /// What can be decided.
    public var labels: InspectedLabels
    /// What it should be, or what the model says where that is more than the best score; nil: the best score.
    public var outcome: Int?
    /// The negative log-probability of a label as the model is measured by, to the bit; nil: that of the softmax of the scores.
    var losses: ((Int) -> Expression)?

    /// The probabilities of the labels.
    public var probabilities: [Float] { softmax(scores).value.scalars }

    /// The outcome, or the label with the best score; the first of equals.
    public func chosen() -> Int { outcome ?? scores.value.argmax }

    /// What speaks for a label, as a number to be derived: its log-probability, or its score where there is only one.
    public func objective(_ label: Int) -> Expression { labels.count == 1 ? sum(scores) : -loss(label) }

    /// The negative of the objective.
    public func loss(_ label: Int) -> Expression {
        labels.count == 1 ? -sum(scores) : losses?(label) ?? pickNegativeLogSoftmax(scores, label)
    }
}

/// Names of what can be decided.
public enum InspectedLabels: Sendable {
    /// The entries of a vocabulary.
    case vocabulary(Vocabulary)
    /// Names.
    case names([String])

    /// How many there are.
    public var count: Int {
        switch self {
        case .vocabulary(let vocabulary): vocabulary.count
        case .names(let names): names.count
        }
    }

    /// A name. Fails where there is no such label.
    public subscript(index: Int) -> String {
        switch self {
        case .vocabulary(let vocabulary): vocabulary[index]
        case .names(let names): names[index]
        }
    }

    /// The number of a name; nil where it is none of them.
    public func index(of name: String) -> Int? {
        switch self {
        case .vocabulary(let vocabulary): vocabulary.index(of: name)
        case .names(let names): names.firstIndex(of: name)
        }
    }
}
