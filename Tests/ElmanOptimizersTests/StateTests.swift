import ElmanGraph
import ElmanOptimizers
import ElmanTensor
import Testing

/// Saving and restoring.
@Suite struct StateTests {
    static let averagings = [WeightAveraging.none] + AveragingTests.averagings

    private func copyValues(_ source: SmallModel, _ target: SmallModel) {
        target.bias.values = source.bias.values
        target.weights.values = source.weights.values
        target.table.values = source.table.values
    }

    private func train(_ model: SmallModel, _ trainer: Trainer, _ steps: Range<Int>, isDense: Bool) {
        for step in steps {
            trainer.learningRate = 0.1 / Double(step + 3)
            model.setGradients(step: step, isDense: isDense)
            trainer.update()
        }
    }

    private func makeTrainer(_ kind: String, _ model: SmallModel, _ averaging: WeightAveraging) -> Trainer {
        let trainer = makeAny(kind, model.parameters, TrainerOptions(learningRate: nil, clipNorm: 2, weightDecay: 0.01))
        trainer.averaging = averaging
        return trainer
    }

    @Test(arguments: allKinds, averagings) func goesOnAsIfItHadNotStopped(kind: String, averaging: WeightAveraging) throws {
        for isDense in [false, true] {
            let whole = SmallModel(), first = SmallModel(), second = SmallModel()
            let wholeTrainer = makeTrainer(kind, whole, averaging)
            train(whole, wholeTrainer, 0..<23, isDense: isDense)

            let firstTrainer = makeTrainer(kind, first, averaging)
            train(first, firstTrainer, 0..<11, isDense: isDense)
            let saved = firstTrainer.state
            copyValues(first, second)
            let secondTrainer = makeTrainer(kind, second, averaging)
            try secondTrainer.restore(saved)
            #expect(secondTrainer.state == saved)
            #expect(secondTrainer.learningRate == firstTrainer.learningRate)
            train(second, secondTrainer, 11..<23, isDense: isDense)

            #expect(second.values == whole.values)
            #expect(secondTrainer.state == wholeTrainer.state)
            wholeTrainer.swapInAverages()
            secondTrainer.swapInAverages()
            #expect(second.values == whole.values)
        }
    }

    @Test func whileTheAveragesAreSwappedIn() throws {
        let first = SmallModel(), second = SmallModel()
        let firstTrainer = makeTrainer("adam", first, .cumulative())
        train(first, firstTrainer, 0..<9, isDense: false)
        firstTrainer.swapInAverages()
        copyValues(first, second)
        let secondTrainer = makeTrainer("adam", second, .cumulative())
        try secondTrainer.restore(firstTrainer.state)
        #expect(secondTrainer.averagesAreSwappedIn)
        for (model, trainer) in [(first, firstTrainer), (second, secondTrainer)] {
            trainer.swapOutAverages()
            train(model, trainer, 9..<15, isDense: false)
        }
        #expect(first.values == second.values)
    }

    @Test func namesAndShapes() {
        let model = SmallModel()
        let trainer = makeTrainer("adam", model, .exponential())
        #expect(trainer.state.tensors.isEmpty)
        model.setGradients(step: 0)
        trainer.update()
        let state = trainer.state
        #expect(
            state.tensors.map(\.name)
                == ["bias", "layer/weights", "table"].flatMap { name in
                    ["m", "v", "average"].map { "optimizer/\(name)/\($0)" }
                })
        #expect(state.tensors[3].tensor.shape == [7, 3])
        #expect(state.values["update_count"] == "1")
        #expect(state.values["trainer"] == "adam")
    }

    @Test func restoringIntoAUsedTrainerForgetsWhatItHad() throws {
        let model = SmallModel()
        let trainer = makeTrainer("adam", model, .cumulative())
        let empty = trainer.state
        train(model, trainer, 0..<4, isDense: false)
        try trainer.restore(empty)
        #expect(trainer.state == empty)
        #expect(trainer.updateCount == 0)
        #expect(!trainer.hasAverages)
    }

    @Test func aStateThatDoesNotFitIsRefusedWhole() {
        let model = SmallModel()
        let trainer = makeTrainer("adam", model, .cumulative())
        train(model, trainer, 0..<4, isDense: false)
        let saved = trainer.state
        train(model, trainer, 4..<6, isDense: false)
        let present = trainer.state
        var faulty: [TrainerState] = []
        func add(_ change: (inout TrainerState) -> Void) {
            var state = saved
            change(&state)
            faulty.append(state)
        }
        add { $0.values["trainer"] = "sgd" }
        add { $0.values["averaging"] = "none" }
        add { $0.values["update_count"] = "-1" }
        add { $0.values["update_count"] = nil }
        add { $0.values["learning_rate"] = "fast" }
        add { $0.values["averages_swapped_in"] = "maybe" }
        add { $0.values["average_steps/bias"] = nil }
        add { $0.tensors.removeLast() }
        add { $0.tensors[0].name = "optimizer/other/m" }
        add { $0.tensors[1] = $0.tensors[0] }
        add { $0.tensors[0].tensor = Tensor([1, 2]) }
        add { state in
            state.tensors.removeFirst()
            state.values["tensor_count"] = String(state.tensors.count)
        }
        for state in faulty {
            #expect(throws: TrainerStateError.self) { try trainer.restore(state) }
            #expect(trainer.state == present)
        }
        #expect(throws: Never.self) { try trainer.restore(saved) }
    }
}
