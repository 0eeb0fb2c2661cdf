import ElmanGraph
import ElmanTensor

/// A cell that can be chosen by name, as in `--cell lstm`. Each kind is declared beside its cell; `allCases` lists them.
public struct CellKind: RawRepresentable, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// All kinds, in the order in which they are offered.
    public static let allCases: [CellKind] = [
        .elman, .elmanReLU, .lstm, .coupledLSTM, .layerNormLSTM, .gru, .gruResetBefore, .mgu, .indRNN, .sru, .qrnn,
        .qrnnWindow1, .minGRU, .minLSTM, .lru, .rgLRU, .sLSTM, .mLSTM, .rwkv4, .gatedDeltaNet,
    ]

    /// The name.
    public let rawValue: String
    /// Other names in use.
    public let otherNames: [String]
    /// A line about the cell, for lists of choices.
    public let summary: String
    /// Whether the state has a memory beside the hidden value.
    public let hasMemory: Bool
    let makeStack: @Sendable (StackShape) -> any RecurrentNetwork
    let makeBidirectional: @Sendable (BidirectionalShape) -> any BidirectionalNetwork

    /// A kind of cell. `makeCell` is told the sizes of input and state, the options, and where its parameters go.
    init<Cell: RecurrentCell>(
        _ name: String, otherNames: [String] = [], summary: String,
        makeCell: @escaping @Sendable (Int, Int, NetworkOptions, ParameterCollection) -> Cell
    ) {
        rawValue = name
        self.otherNames = otherNames
        self.summary = summary
        hasMemory = Cell.State.partNames.count > 1
        makeStack = { shape in shape.network { makeCell($0, $1, shape.options, $2) } }
        makeBidirectional = { shape in shape.network { makeCell($0, $1, shape.options, $2) } }
    }

    /// The kind of a name. Nil for no kind.
    public init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    /// The kind of a name or of another name in use (`elman`, `simple-rnn`, `gru-reset-after`). Nil for no kind.
    public init?(named name: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == name || $0.otherNames.contains(name) }) else { return nil }
        self = kind
    }

    /// Whether the state is multiplied by matrices, so that weight drop has something to drop elements of.
    public var hasRecurrentMatrices: Bool {
        !makeNetwork(kind: self, inputSize: 4, hiddenSize: 4, in: .declarations()).recurrentMatrices.isEmpty
    }

    /// The name.
    public var description: String { rawValue }

    /// Kinds are told apart by their names.
    public static func == (left: CellKind, right: CellKind) -> Bool { left.rawValue == right.rawValue }

    /// Kinds are told apart by their names.
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
