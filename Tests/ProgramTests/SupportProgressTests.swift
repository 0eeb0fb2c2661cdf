import Testing

@testable import ElmanProgram

/// A clock that is set by hand, and what was shown.
private final class Stage {
    var now = 100.0
    var statuses: [String?] = []
    var lines: [String] = []

    func progress(
        total: Int?, work: String? = nil, completed: Int = 0, width: Int? = nil, isUnicode: Bool = true, interval: Double = 10
    ) -> Progress {
        let display: Progress.Display =
            width.map { width in .bar(width: { width }, isUnicode: isUnicode) } ?? .lines(interval: interval)
        return Progress(
            "epoch 1", total: total, unit: "sentence", work: work, completed: completed, display: display,
            output: ProgressOutput(showStatus: { self.statuses.append($0) }, writeLine: { self.lines.append($0) }),
            clock: { self.now }, timeOfDay: { "in \(Int($0)) s" })
    }
}

@Suite struct SupportProgressTests {
    @Test func linesComeAtTheirInterval() {
        let stage = Stage()
        let progress = stage.progress(total: 1000)
        for _ in 0..<50 {
            stage.now += 1
            progress.advance(by: 10)
        }
        #expect(stage.lines.count == 5)
        #expect(stage.lines[0] == "epoch 1: 10%, 100/1,000 sentences, 10.0 sentences/s, 00:10 elapsed, 01:30 left")
        #expect(stage.lines[4] == "epoch 1: 50%, 500/1,000 sentences, 10.0 sentences/s, 00:50 elapsed, 00:50 left")
        #expect(stage.statuses.isEmpty)
    }

    @Test func workAndDetailAreShown() {
        let stage = Stage()
        let progress = stage.progress(total: nil, work: "word")
        progress.detail = "loss 4.21"
        stage.now += 10
        progress.advance(by: 100, work: 123_000)
        #expect(stage.lines == ["epoch 1: 100 sentences, 12.3k words/s, 00:10 elapsed, loss 4.21"])
        stage.now += 10
        progress.finish(leavingSummary: true)
        #expect(stage.lines.last == "epoch 1: 100 sentences in 00:20, 6.15k words/s, loss 4.21")
    }

    @Test func remainingTimeFollowsTheRecentSpeed() {
        let stage = Stage()
        let progress = stage.progress(total: 100_000)
        for _ in 0..<10 {
            stage.now += 10
            progress.advance(by: 10)
        }
        let before = progress.secondsLeft ?? 0
        #expect(abs(before - 99_900) < 1)
        for _ in 0..<10 {
            stage.now += 10
            progress.advance(by: 1000)
        }
        // After a hundred fast seconds the slow ones no longer count.
        #expect(abs((progress.secondsLeft ?? 0) - 899) < 10)
        #expect(stage.lines[0].contains("ends in 99990 s"))
    }

    @Test func resumedWorkDoesNotRaiseTheSpeed() {
        let stage = Stage()
        let progress = stage.progress(total: 1000, completed: 900)
        stage.now += 10
        progress.advance(by: 50)
        #expect(stage.lines == ["epoch 1: 95%, 950/1,000 sentences, 5.00 sentences/s, 00:10 elapsed, 00:10 left"])
    }

    @Test func barIsDrawnTenTimesASecondAtMost() {
        let stage = Stage()
        let progress = stage.progress(total: 10_000, width: 80)
        for _ in 0..<2000 {
            stage.now += 0.001
            progress.advance(by: 1)
        }
        #expect((15...21).contains(stage.statuses.count))
        progress.log("saved")
        progress.finish()
        #expect(stage.statuses.last == .some(nil))
        #expect(stage.lines == ["saved"])
    }

    @Test func barFitsTheWidth() {
        for width in [20, 40, 60, 80, 200] {
            let stage = Stage()
            let progress = stage.progress(total: 30, width: width)
            stage.now += 4
            progress.advance(by: 23)
            let bar = (stage.statuses.last ?? nil) ?? ""
            #expect(displayWidth(bar) < width)
            #expect(bar.hasPrefix("epoch 1:  76%"))
        }
    }

    @Test func barLooksAsExpected() {
        let stage = Stage()
        let progress = stage.progress(total: 30, width: 80, isUnicode: false)
        progress.detail = "loss 4.21"
        stage.now += 4
        progress.advance(by: 23)
        let bar = stage.statuses.last ?? nil
        #expect(bar == "epoch 1:  76%|###########----| 23/30 [00:04<00:01, 5.75 sentences/s, loss 4.21]")
    }

    @Test func blocksFillByEighths() {
        #expect(Progress.blocks(0, count: 4, isUnicode: true) == "    ")
        #expect(Progress.blocks(0.5, count: 4, isUnicode: true) == "██  ")
        #expect(Progress.blocks(0.53125, count: 4, isUnicode: true) == "██▏ ")
        #expect(Progress.blocks(1, count: 4, isUnicode: true) == "████")
        #expect(Progress.blocks(0.5, count: 4, isUnicode: false) == "##--")
    }

    @Test func noTotalAndNoProgressAreFine() {
        let stage = Stage()
        let progress = stage.progress(total: 0, width: 60)
        progress.show()
        #expect((stage.statuses.last ?? nil)?.contains("100%") == true)
        let open = stage.progress(total: nil, width: 60)
        open.show()
        #expect((stage.statuses.last ?? nil) == "epoch 1: 0 [00:00, ? sentences/s]")
    }
}
