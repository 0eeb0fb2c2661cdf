extension Op {
    /// Every op that has kernels, for the tests that all of them pass. A test fails where one is missing.
    package static let all: [Op] =
        views + elementwise + functions + flow + reductions + products + cells + selections + joins + softmaxes + losses
        + structures + recurrences + outputs

    private static let views: [Op] = [.denseCopy, .elements, .columnView, .columnsView, .reshape, .member]
    private static let elementwise: [Op] = [
        .add, .subtract, .multiply, .divide, .minimum, .maximum, .linearMap, .scaleBy, .addToColumns, .broadcast,
    ]
    private static let functions: [Op] = [
        .tanh, .sigmoid, .relu, .leakyRelu, .elu, .softplus, .exp, .log, .sqrt, .abs, .square, .power, .erf, .logGamma, .sin,
        .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh,
    ]
    private static let flow: [Op] = [.scaleGradient, .round, .floor, .ceil, .argmax]
    private static let reductions: [Op] = [
        .sumOfTerms, .sumOfElements, .sumOverBatch, .sumOverDimension, .cumulativeSum, .dotProduct, .squaredNorm,
        .largestOverDimension, .standardize,
    ]
    private static let products: [Op] = [
        .product, .affine, .transposedProduct, .transposedAffine, .memberProduct, .transpose, .circularProduct, .lookup,
    ]
    private static let cells: [Op] = [
        .lstmStep, .elmanStep, .gruStepAfter, .gruStepBefore, .layerNorm, .elmanSequence, .lstmSequence, .mguStep,
    ]
    private static let selections: [Op] = [.pick, .stridedSelect, .select, .members, .placeElements, .interpolate]
    private static let joins: [Op] = [.concatenate, .concatenateToBatch, .rebatch]
    private static let softmaxes: [Op] = [.softmax, .logSoftmax, .logSumExp, .sparsemax, .sparsemaxLoss]
    private static let losses: [Op] = [
        .pickNegativeLogSoftmax, .linearLoss, .transposedLinearLoss, .hinge, .huber, .binaryLog,
    ]
    private static let structures: [Op] = [
        .chainNegativeLogLikelihood, .chainMarginals, .chainMarginLoss, .bestChainPath, .columnDots, .weightedColumnSum,
        .additiveScores, .treeLSTMStep, .treeLSTMLeaf, .childSumStep,
    ]
    private static let recurrences: [Op] = Recurrence.all.flatMap { [$0.stepOp, $0.sequenceOp] }
    private static let outputs: [Op] = [
        .columnScores, .rangeLoss, .binaryPathLoss, .treeLogProbabilities, .groupedLogSoftmax, .sampledSoftmaxLoss,
        .noiseContrastiveLoss,
    ]
}
