import Testing

@testable import ElmanProgram

@Suite struct SupportAxisTests {
    private func labels(
        _ scale: AxisScale, _ values: [Double], count: Int = 5, extends: Bool = true, includesZero: Bool = false
    ) -> [String] {
        Axis(scale, for: values, count: count, extends: extends, includesZero: includesZero).ticks.map(\.label)
    }

    @Test func linearTicksAreRound() {
        #expect(labels(.linear, [0, 10]) == ["0", "2", "4", "6", "8", "10"])
        #expect(labels(.linear, [0.1, 0.32]) == ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"])
        #expect(labels(.linear, [-1, 1]) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
        #expect(labels(.linear, [12_000, 16_000], includesZero: true) == ["0", "5,000", "10,000", "15,000", "20,000"])
        #expect(labels(.linear, [0.5, 10], count: 8, extends: false) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
        #expect(labels(.linear, [0, 0.0004]) == ["0", "1e-4", "2e-4", "3e-4", "4e-4"])
    }

    @Test func logarithmicTicksFitTheirRange() {
        #expect(labels(.logarithmic, [98, 660]) == ["80", "100", "150", "200", "300", "400", "500", "600", "800"])
        #expect(labels(.logarithmic, [1, 900]) == ["1", "3", "10", "30", "100", "300", "1,000"])
        #expect(labels(.logarithmic, [1e-8, 1]) == ["1e-8", "1e-6", "1e-4", "1e-2", "1e0"])
        #expect(labels(.logarithmic, [100, 130]) == ["100", "105", "110", "115", "120", "125", "130"])
    }

    @Test func timeTicksAreUsualLengths() {
        #expect(labels(.time, [0, 3600], extends: false) == ["0", "10 min", "20 min", "30 min", "40 min", "50 min", "60 min"])
        #expect(labels(.time, [0, 25], extends: false) == ["0", "5 s", "10 s", "15 s", "20 s", "25 s"])
        #expect(labels(.time, [0, 86400], count: 8, extends: false).contains("12 h"))
    }

    @Test func whatIsCountedHasWholeTicks() {
        #expect(labels(.whole, [1, 6], extends: false) == ["1", "2", "3", "4", "5", "6"])
        #expect(labels(.whole, [1, 3], extends: false) == ["1", "2", "3"])
        #expect(labels(.whole, [0, 40], extends: false) == ["0", "10", "20", "30", "40"])
    }

    @Test func linesAreToldApartByWhatDiffers() {
        #expect(withoutCommonFolders(["net/0/forward/cell", "net/0/backward/cell"]) == ["forward/cell", "backward/cell"])
        #expect(withoutCommonFolders(["rnn/0/hidden"]) == ["rnn/0/hidden"])
        #expect(withoutCommonFolders(["rnn/0", "rnn/1"]) == ["rnn/0", "rnn/1"])
        #expect(withoutCommonFolders(["lstm", "gru"]) == ["lstm", "gru"])
        #expect(withoutCommonFolders([]) == [])
    }

    @Test(arguments: [AxisScale.linear, .whole, .logarithmic, .time])
    func oddValuesGiveAnAxis(scale: AxisScale) {
        let samples: [[Double]] = [
            [], [5], [0], [-3], [.nan, .infinity], [1, .nan, 2], [1e300, 2e300], [1e-300, 1], [-1e9, 1e9],
        ]
        for values in samples {
            for extends in [true, false] {
                let axis = Axis(scale, for: values, extends: extends)
                #expect(axis.range.lowerBound < axis.range.upperBound)
                #expect(axis.ticks.count <= 30)
                #expect(axis.position(of: axis.range.lowerBound) == 0)
                #expect(axis.position(of: axis.range.upperBound) == 1)
                #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0.value < $1.value })
            }
        }
    }

    @Test func labelsAreSpreadApart() {
        let spread = LineChart.Frame.spread([10, 11, 12, 80], distance: 10, within: 0...100)
        #expect(spread == [1, 11, 21, 80])
        #expect(LineChart.Frame.spread([99, 100], distance: 10, within: 0...100) == [90, 100])
        #expect(LineChart.Frame.spread([1, 2], distance: 10, within: 0...100) == [0, 10])
        #expect(LineChart.Frame.spread([], distance: 10, within: 0...100) == [])
    }
}

@Suite struct SupportReportTests {
    private func run(_ name: String, _ perplexities: [Double], seconds: Double = 10) -> TrainingRun {
        TrainingRun(
            name: name,
            rows: perplexities.enumerated().map { index, value in
                let number = Double(index + 1)
                return [
                    "step": number * 100, "epoch": number / 2, "train_loss": 5 - number / 10, "dev_perplexity": value,
                    "learning_rate": 0.001, "words_per_second": 12_000, "seconds": number * seconds,
                ]
            })
    }

    private func count(_ part: String, in text: String) -> Int {
        var (count, rest) = (0, text[...])
        while let found = rest.firstRange(of: part) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }

    @Test func everyMarkHasATitle() {
        let curve = LearningCurve([run("a", [300, 200, 150, 160]), run("b", [310, 250, 140])])
        let drawing = curve.chart(Metric(key: "dev_perplexity")).svg().body
        #expect(count("<circle", in: drawing) == 7)
        #expect(count("e-ring", in: drawing) == 2)
        #expect(count("<polyline class=\"e-line", in: drawing) == 2)
        #expect(count("<title>", in: drawing) == 9)
        #expect(drawing.contains("<title>a: dev perplexity 150 (best), epoch 1.5, step 300, 00:30</title>"))
        #expect(isWellFormed(drawing))
    }

    @Test func unfiniteValuesBreakTheLine() {
        let curve = LearningCurve([run("a", [300, 200, .nan, 160, 150, .infinity, 140])])
        let drawing = curve.chart(Metric(key: "dev_perplexity")).svg().body
        #expect(count("<circle", in: drawing) == 5)
        #expect(count("<polyline class=\"e-line", in: drawing) == 2)
        #expect(!drawing.contains("nan") && !drawing.contains("inf"))
        #expect(
            PlotPage.page(of: [run("a", [300, .nan])]).html.contains(
                "1 evaluation with values that are not finite, first at step 200"))
    }

    @Test func longRunsAreThinnedOutButKeepTheirBest() {
        var values = (0..<20_000).map { 200 + Double($0 % 17) }
        values[12_345] = 100
        let drawing = LearningCurve([run("a", values)]).chart(Metric(key: "dev_perplexity")).svg().body
        #expect(count("<circle", in: drawing) <= LineChart.mostPoints + 3)
        #expect(drawing.contains("dev perplexity 100 (best)"))
        #expect(isWellFormed(drawing))
    }

    @Test func resumedRunsForgetWhatWasDoneAgain() {
        let run = TrainingRun(name: "a", rows: [100, 200, 300, 200, 300, 400].map { ["step": $0] })
        #expect(run.rows.map { $0["step"] } == [100, 200, 300, 400])
    }

    @Test func metricsAreOrderedAndNamed() {
        let runs = [TrainingRun(name: "a", rows: [["dev_loss": 1, "dev_macro_f1": 0.5, "dev_accuracy": 0.6, "epoch": 1]])]
        #expect(Metric.onDev(runs).map(\.name) == ["dev accuracy", "dev macro F1", "dev loss"])
        #expect(Metric(key: "dev_bits_per_character").isLowerBetter)
        #expect(!Metric(key: "dev_accuracy").isLowerBetter)
        #expect(run("a", [3, 1, 2, 1]).bestRow(Metric(key: "dev_perplexity")) == 1)
        #expect(TrainingRun.distinguished([run("a", []), run("a", []), run("b", [])]).map(\.name) == ["a", "a (2)", "b"])
    }

    @Test func pageOfSeveralRuns() {
        let page = PlotPage.page(of: [run("lstm", [300, 150]), run("<gru> & \"co\"\u{1B}[31m", [250, 140])]).html
        #expect(isWellFormed(page))
        #expect(page.contains("<tr class=\"best\"><td>&lt;gru&gt; &amp; &quot;co&quot;␛[31m</td><td class=\"number\">140.0</td>"))
        #expect(count("<svg", in: page) == 4)
        #expect(page.contains("The learning rate was 0.001 throughout."))
        for banned in ["<script", "http://www.w3.org/2000", "src=", "url(", "@import", "\u{1B}"] {
            #expect(!page.contains(banned))
        }
    }

    @Test func poorLogsGiveAPage() {
        let logs: [[[String: Double]]] = [
            [], [[:]], [["epoch": 1]], [["dev_accuracy": 0.5]], [["step": 1, "dev_accuracy": 0.5]],
            [["step": 1, "train_loss": .nan]],
            [["step": 1, "epoch": 0, "dev_perplexity": 1, "seconds": 0]],
        ]
        for rows in logs {
            #expect(isWellFormed(PlotPage.page(of: [TrainingRun(name: "a", rows: rows)]).html))
            let two = [TrainingRun(name: "a", rows: rows), run("b", [3, 2, 1])]
            #expect(isWellFormed(PlotPage.page(of: two).html))
        }
        #expect(isWellFormed(PlotPage.page(of: []).html))
    }

    @Test func pageParts() {
        var page = HTMLReport(title: "A & B", subtitle: "1 < 2")
        page.heading("H")
        page.paragraph("p <b>")
        page.facts([("cell", "lstm")])
        page.figures([("best", "1.5")])
        page.table(header: ["tag", "F1"], rows: [["</td>", "0.5"], ["short"]], highlighted: [0])
        page.samples([("t 0.8", "a\nb")])
        page.shadedText([("a", 1), ("<", -0.5), ("c", .nan), (" ", 0)])
        page.preformatted("$ x > y")
        page.figure(
            HeatGrid(title: "T", rows: ["r"], columns: ["c", "d"], values: [[0.5, .nan]], showsValues: true).svg(), caption: "c")
        page.signature("end")
        #expect(isWellFormed(page.html))
        #expect(page.html.contains("<span class=\"p15\" title=\"1\">a</span><span class=\"n8\" title=\"-0.5\">&lt;</span>"))
        #expect(page.html.contains("<title>r × c: 0.5</title>"))
        #expect(page.html.contains("<td>&lt;/td&gt;</td><td class=\"number\">0.5</td>"))
    }

    @Test func drawingsStandAlone() {
        let drawing = LearningCurve([run("a", [3, 2])]).chart(Metric(key: "dev_perplexity")).svg()
        #expect(isWellFormed(drawing.standalone))
        #expect(drawing.standalone.contains("xmlns=\"http://www.w3.org/2000/svg\""))
    }

    @Test func escaping() {
        #expect(escaped("a<b>&\"'\n") == "a&lt;b&gt;&amp;&quot;&#39;\n")
        #expect(escaped("\u{0}\u{1B}\u{7F}\u{85}\u{FFFE}é") == "␀␛␡\u{FFFD}\u{FFFD}é")
        #expect(element("a", ["x": nil, "y": "1\""]) == "<a y=\"1&quot;\"/>")
        #expect(coordinate(1.50) == "1.5")
        #expect(coordinate(-0.001) == "0")
    }

    @Test func checkerFindsFaults() {
        #expect(isWellFormed("<a b=\"c\"><d/>text &amp; more</a>"))
        for bad in [
            "<a>", "<a></b>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "a & b", "<a b=\"<\"/>", "</a>", "<a", "&nosuch;", "\u{1B}",
        ] {
            #expect(!isWellFormed(bad))
        }
    }
}
