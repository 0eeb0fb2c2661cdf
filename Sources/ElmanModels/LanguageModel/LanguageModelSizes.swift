import ElmanLayers

/// The sizes of a language model's parameters, told from its configuration without making them.
struct LanguageModelSizes {
    /// A vector or a matrix.
    struct Block {
        let rows: Int
        let columns: Int

        var count: Int { rows * columns }
        /// Numbers in memory: the columns of a matrix begin at multiples of 16.
        var paddedCount: Int { columns == 1 ? rows : (rows + 15) / 16 * 16 * columns }
    }

    let embeddings: Block
    let cells: [Block]
    let scores: [Block]

    init(_ configuration: LanguageModelConfiguration, vocabularySize: Int) {
        let hidden = configuration.hiddenSize
        embeddings = Block(rows: configuration.embeddingSize, columns: vocabularySize)
        cells = (0..<configuration.layerCount).flatMap { layer in
            Self.cell(configuration.cell, input: layer == 0 ? configuration.embeddingSize : hidden, hidden: hidden)
        }
        let bias = Block(rows: vocabularySize, columns: 1)
        scores = configuration.tiesEmbeddings ? [bias] : [Block(rows: vocabularySize, columns: hidden), bias]
    }

    var blocks: [Block] { [embeddings] + cells + scores }

    private static func cell(_ kind: CellKind, input: Int, hidden: Int) -> [Block] {
        func matrix(_ gates: Int, _ columns: Int) -> Block { Block(rows: gates * hidden, columns: columns) }
        let gates = kind.gateCount
        let common = [matrix(gates, input), matrix(gates, 1)]
        switch kind {
        case .elman, .elmanReLU, .lstm: return common + [matrix(gates, hidden)]
        case .coupledLSTM: return common + [matrix(gates, hidden), matrix(1, hidden), matrix(1, hidden)]
        case .layerNormLSTM:
            return common + [matrix(gates, hidden)] + [matrix(gates, 1), matrix(gates, 1), matrix(gates, 1), matrix(gates, 1)]
                + [matrix(1, 1), matrix(1, 1)]
        case .gru: return common + [matrix(gates, hidden), matrix(1, 1)]
        case .gruResetBefore: return common + [matrix(2, hidden), matrix(1, hidden)]
        }
    }
}

extension CellKind {
    /// Vectors of the hidden size that the product with the input yields.
    var gateCount: Int {
        switch self {
        case .elman, .elmanReLU: 1
        case .lstm, .layerNormLSTM: 4
        case .coupledLSTM, .gru, .gruResetBefore: 3
        }
    }
}
