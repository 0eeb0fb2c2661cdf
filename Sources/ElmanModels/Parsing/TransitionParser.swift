import ElmanGraph
import ElmanLayers
import ElmanTensor

/// A transition-based parser on stack-LSTMs (Dyer et al. 2015): one network has read the stack, another the buffer from its end, and
/// what they say together scores the legal actions. Popping branches back to the state before. A head that gets a dependent
/// becomes a vector composed of both and of the relation.
///
///     t_i = tanh(W_t reading_i + b_t)      p = softmax over legal actions of (V relu(W (stack; buffer) + b) + c)
///
/// Differently from the paper, words have been read from both ends before, and the history of actions is not read.
///
/// Parameters: those of `ParserReader`; in the scopes `tokens`, `stack`, `buffer`, `composition`, `hidden`, `scores` those of their
/// layers; `relations` [relationEmbeddingSize, actions].
public struct TransitionParser: Sendable {
    let system: TransitionSystem
    let actions: TransitionActions
    private let rootRelation: Int
    private let reader: ParserReader
    private let tokens: Linear
    private let stack: LSTMBuilder
    private let buffer: LSTMBuilder
    private let composition: DependencyComposition
    private let relations: LookupParameter
    private let hidden: Linear
    private let scores: Linear
    private let dropoutRate: Float
    let explorationRate: Float

    init(
        _ configuration: ParserConfiguration, _ system: TransitionSystem, _ reader: ParserReader, _ relations: ParserRelations,
        in parameters: ParameterCollection
    ) {
        let uniform = configuration.encoder.initialRange.map { Initializer.uniform($0) }
        let initializer = uniform ?? .glorot(), size = configuration.stackSize
        self.system = system
        self.reader = reader
        rootRelation = relations.root
        actions = TransitionActions(relations: relations.ofArcs)
        dropoutRate = configuration.encoder.dropout
        explorationRate = configuration.explorationRate
        tokens = Linear(
            inputSize: reader.outputSize, outputSize: size, initializer: initializer, in: parameters.scope("tokens"))
        func builder(_ name: String) -> LSTMBuilder {
            LSTMBuilder(inputSize: size, hiddenSize: size, in: parameters.scope(name)) {
                LSTMCell(inputSize: $0, hiddenSize: $1, forgetBias: 1, initializer: initializer, in: $2)
            }
        }
        stack = builder("stack")
        buffer = builder("buffer")
        composition = DependencyComposition(
            size: size, relationSize: configuration.relationEmbeddingSize, initializer: initializer,
            in: parameters.scope("composition"))
        self.relations = parameters.addLookup(
            count: actions.count, size: configuration.relationEmbeddingSize, named: "relations", initializer: initializer)
        hidden = Linear(
            inputSize: 2 * size, outputSize: configuration.actionSize, initializer: initializer,
            in: parameters.scope("hidden"))
        scores = Linear(
            inputSize: configuration.actionSize, outputSize: actions.count, initializer: initializer,
            in: parameters.scope("scores"))
    }

    /// Where the parser stands in a sentence, with what its networks have read.
    struct Walk {
        var state: TransitionState
        fileprivate(set) var stack: StackState<LSTMCell>
        fileprivate(set) var buffer: StackState<LSTMCell>
    }

    /// The beginning of a sentence.
    func begin(_ sentence: ParserSentence, in graph: ComputationGraph, isTraining: Bool) -> Walk {
        let rate = isTraining ? dropoutRate : 0
        let readings = reader.read(sentence, in: graph, isTraining: isTraining).outputs
        var walk = Walk(
            state: TransitionState(system, count: sentence.count), stack: StackState(stack.initialState(in: graph)),
            buffer: StackState(buffer.initialState(in: graph)))
        for reading in readings.reversed() { walk.buffer.push(tanh(tokens(dropout(reading, rate: rate)))) }
        return walk
    }

    /// The scores of all actions.
    func scores(of walk: Walk, isTraining: Bool) -> Expression {
        let summary = concatenate(walk.stack.summary, walk.buffer.summary)
        return scores(dropout(relu(hidden(summary)), rate: isTraining ? dropoutRate : 0))
    }

    /// Goes on by an action.
    func apply(_ number: Int, to walk: inout Walk, in graph: ComputationGraph) {
        let (transition, relation) = actions.action(number)
        walk.state.apply(transition, relation: relation)
        func composed(_ head: Expression, _ dependent: Expression) -> Expression {
            composition(head: head, dependent: dependent, relation: relations[number, in: graph])
        }
        switch (transition, system) {
        case (.shift, _):
            walk.stack.push(walk.buffer.pop())
        case (.left, .arcHybrid):
            let dependent = walk.stack.pop(), head = walk.buffer.pop()
            walk.buffer.push(composed(head, dependent))
        case (.left, .arcStandard):
            let head = walk.stack.pop(), dependent = walk.stack.pop()
            walk.stack.push(composed(head, dependent))
        case (.right, _):
            let dependent = walk.stack.pop(), head = walk.stack.pop()
            walk.stack.push(composed(head, dependent))
        }
    }

    /// Goes on for as long as there is no choice.
    func skipForced(_ walk: inout Walk, in graph: ComputationGraph) {
        while !walk.state.isFinal {
            let legal = actions.legal(in: walk.state)
            guard legal.count == 1 else { return }
            apply(legal.lowerBound, to: &walk, in: graph)
        }
    }
}

extension TransitionParser: DependencyNetwork {
    func canLearn(_ heads: [Int]) -> Bool {
        guard !heads.contains(where: { $0 < 0 }) else { return false }
        return system == .arcHybrid || TransitionOracle(heads: heads).isReachable
    }

    func losses(of examples: [ParserExample], explores: Bool, in graph: ComputationGraph, isTraining: Bool) -> [Expression] {
        switch system {
        case .arcStandard: examples.map { staticLoss(of: $0, in: graph, isTraining: isTraining) }
        case .arcHybrid: dynamicLosses(of: examples, explores: explores, in: graph, isTraining: isTraining)
        }
    }

    /// All sentences go on together, so that the steps of one round are computed at once.
    func trees(of sentences: [ParserSentence], in graph: ComputationGraph) -> [ParsedSentence] {
        var walks = sentences.map { begin($0, in: graph, isTraining: false) }
        run(&walks, in: graph, isTraining: false) { _, choice in choice.best(of: choice.legal) }
        return walks.map { walk in
            let heads = walk.state.heads
            let relations = zip(heads, walk.state.relations).map { $0 == 0 ? rootRelation : $1 }
            return ParsedSentence(heads: heads, relations: relations)
        }
    }

    /// Lets walks go on to their ends in rounds. `choose` gets a walk's number and its choice, and says which action it takes.
    func run(
        _ walks: inout [Walk], in graph: ComputationGraph, isTraining: Bool,
        choose: (_ walk: Int, _ choice: TransitionChoice) -> Int
    ) {
        var running = Array(walks.indices)
        while true {
            for number in running { skipForced(&walks[number], in: graph) }
            running.removeAll { walks[$0].state.isFinal }
            if running.isEmpty { return }
            let scores = running.map { self.scores(of: walks[$0], isTraining: isTraining) }
            _ = concatenateColumns(scores).value
            for (number, expression) in zip(running, scores) {
                let state = walks[number].state
                let choice = TransitionChoice(
                    state: state, legal: actions.legal(in: state), expression: expression, scores: expression.value.scalars)
                apply(choose(number, choice), to: &walks[number], in: graph)
            }
        }
    }
}

/// What a parser may do in a state, and how much speaks for it.
struct TransitionChoice {
    let state: TransitionState
    /// The numbers of the legal actions.
    let legal: Range<Int>
    /// The scores of all actions.
    let expression: Expression
    /// Their values.
    let scores: [Float]

    /// The best-scored of some actions; of equally good ones the first.
    func best(of numbers: some Collection<Int>) -> Int {
        numbers.reduce(nil as Int?) { best, number in
            if let best, scores[best] >= scores[number] { return best }
            return number
        } ?? legal.lowerBound
    }
}
