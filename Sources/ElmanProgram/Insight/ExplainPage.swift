import Elman

/// The page of `elman explain`.
struct ExplainPage {
    let run: String
    let task: String
    let text: ExplainedText

    /// The page. `signature` is its last line.
    func page(signature: String) -> HTMLReport {
        let inspection = text.inspection
        var page = HTMLReport(
            title: "Inside \(FileSystem.name(of: run))",
            subtitle: "task \(task), \(counted(inspection.tokens.count, "token"))"
                + (inspection.unknown.isEmpty ? "" : ", \(inspection.unknown.count) of them unknown"))
        if !inspection.unknown.isEmpty {
            let words = inspection.unknown.map { inspection.tokens[$0] }.joined(separator: ", ")
            page.note("Not in the vocabulary, read as the unknown word: \(words).")
        }
        addDecisions(to: &page)
        addUnits(to: &page)
        addAttention(to: &page)
        addSaliency(to: &page)
        addGradients(to: &page)
        page.run(browserScript, style: browserStyle)
        page.signature(signature)
        return page
    }

    // MARK: What it says

    private func addDecisions(to page: inout HTMLReport) {
        guard !text.decisions.isEmpty else {
            page.note("Nothing is decided: give --target to compare this text with another.")
            return
        }
        page.heading("What the model says")
        switch task {
        case "lm": addExpectations(to: &page)
        case "classify": addLabels(text.decisions[0], to: &page)
        default: addTable(to: &page)
        }
    }

    /// The guesses at every token, in rows of as many tokens as fit.
    private func addExpectations(to page: inout HTMLReport) {
        let guesses = text.decisions.filter { $0.about != nil }
        let certain = guesses.count { $0.candidates.first?.label == $0.outcome }
        let loss = guesses.reduce(0.0) { $0 - naturalLogarithm($1.probability) } / Double(max(guesses.count, 1))
        page.figures([
            ("perplexity of this text", significant(exponential(loss), 4)),
            ("guessed right", "\(certain) of \(guesses.count)"),
            ("likeliest to come next", visibleToken(text.decisions.last?.candidates.first?.label ?? "")),
        ])
        page.paragraph(
            "Above each token's column the token itself, on a shade of the probability that it was given; below it what was expected "
                + "in its place, likeliest first. The last column is what may come next.")
        // What fits beside each other on a page, in pixels of a typeface of even width.
        var rows: [[ExplainedText.Decision]] = [[]], width = 0.0
        for decision in text.decisions {
            let names = ([decision.outcome] + decision.candidates.map(\.label)).map { displayWidth(visibleToken($0)) }
            let cell = max(19.6, 7.9 * Double(names.max() ?? 1) + 7) + 1
            if width + cell > 760, !rows[rows.count - 1].isEmpty {
                rows.append([])
                width = 0
            }
            rows[rows.count - 1].append(decision)
            width += cell
        }
        for row in rows { page.markup(element("div", ["class": "wide"], expectations(row))) }
    }

    private func expectations(_ decisions: [ExplainedText.Decision]) -> String {
        func cell(_ name: String, _ label: String, _ probability: Double, _ kind: String?) -> String {
            let shade = Int((HeatGrid.shade(probability) * Double(HeatGrid.shades - 1)).rounded())
            let classes = [shade > 0 ? "p\(shade)" : nil, kind].compactMap { $0 }.joined(separator: " ")
            return element(
                name, ["class": classes.isEmpty ? nil : classes, "title": percentText(probability)], text: visibleToken(label))
        }
        let head = decisions.map { decision in
            decision.about == nil ? element("th", [:], text: "?") : cell("th", decision.outcome, decision.probability, nil)
        }
        let most = decisions.map(\.candidates.count).max() ?? 0
        let body = (0..<most).map { rank in
            decisions.map { decision -> String in
                guard rank < decision.candidates.count else { return element("td", [:], "") }
                let (label, probability) = decision.candidates[rank]
                let isRight = decision.about != nil && label == decision.outcome
                return cell("td", label, probability, isRight ? "right" : nil)
            }
        }
        return element(
            "table", ["class": "expected"], ([head] + body).map { element("tr", [:], $0.joined()) }.joined(separator: "\n"))
    }

    private func addLabels(_ decision: ExplainedText.Decision, to page: inout HTMLReport) {
        page.figures([(decision.name, decision.outcome), ("probability", percentText(decision.probability))])
        page.table(
            header: ["Label", "Probability"], rows: decision.candidates.map { [$0.label, percentText($0.probability)] },
            highlighted: [0])
    }

    private func addTable(to page: inout HTMLReport) {
        let rows = text.decisions.enumerated().map { place, decision -> [String] in
            let others = decision.candidates.filter { $0.label != decision.outcome }.prefix(3)
            return [
                "\(place + 1)", decision.name, decision.outcome,
                decision.score.map { significant($0) } ?? percentText(decision.probability),
                others.map { "\($0.label) \(percentText($0.probability))" }.joined(separator: ", "),
            ]
        }
        page.table(header: ["", "What", "Decided", "Probability", "Otherwise"], rows: rows)
    }

    // MARK: Units

    private func addUnits(to page: inout HTMLReport) {
        var parts: [ValueBrowser.Part] = [], bytes = 0, leftOut: [String] = []
        // States first, then gates; what is no part of a network over tokens, such as attention, has figures of its own.
        let series = text.record.series.filter {
            $0.size != nil && $0.name != text.inspection.vectorSeries && !$0.name.hasSuffix("/weights") && $0.values.count > 1
        }
        for series in series.filter(isState) + series.filter({ !isState($0) }) {
            let part = part(series)
            let size = ValueBrowser.bytes(of: part)
            guard bytes + size <= ValueBrowser.mostBytes else {
                leftOut.append(series.name)
                continue
            }
            bytes += size
            parts.append(part)
        }
        if parts.isEmpty { return }
        page.heading("Units and gates")
        page.paragraph(
            "The text on shades of one unit's values, blue where they are positive, orange where they are negative. Choose a part of the "
                + "network; choose a unit with the slider, or in the grid below the text, whose rows are units and whose columns are "
                + "tokens. Memories of LSTMs are shown as tanh c, as they leave the cell.")
        page.markup(ValueBrowser(parts: parts).markup)
        if !leftOut.isEmpty { page.note("Left out to keep the page small: \(leftOut.joined(separator: ", ")).") }
    }

    private func isState(_ series: RecordedText.Series) -> Bool {
        series.name.hasSuffix("/hidden") || series.name.hasSuffix("/cell")
    }

    private func part(_ series: RecordedText.Series) -> ValueBrowser.Part {
        let isMemory = series.name.hasSuffix("/cell")
        return ValueBrowser.Part(
            name: isMemory ? "\(series.name) (tanh)" : series.name,
            values: isMemory ? series.values.map { $0.map { Float(hyperbolicTangent(Double($0))) } } : series.values,
            tokens: series.steps.map { runningText($0, text.unit) })
    }

    // MARK: Attention

    private func addAttention(to page: inout HTMLReport) {
        for series in text.record.series where series.name.hasSuffix("/weights") {
            guard let size = series.size, size == text.inspection.tokens.count else { continue }
            page.heading(series.name.hasPrefix("pooling") ? "Attention of the pooling" : "Attention")
            let names = text.inspection.tokens.map(visibleToken)
            let rows = series.values.count == 1 ? ["weight"] : series.steps.map(visibleToken)
            let grid = HeatGrid(
                title: "Attention weights", rows: rows, columns: names, values: series.values.map { $0.map(Double.init) },
                largest: 1)
            page.figure(
                grid.svg(),
                caption: "Rows: what was written; columns: where the model looked while it did. Each row adds up to 1.")
        }
    }

    // MARK: Saliency

    private func addSaliency(to page: inout HTMLReport) {
        guard let place = text.place, let chosen = text.saliency.first(where: { $0.decision == place }) else { return }
        let tokens = text.inspection.tokens, decision = text.decisions[place]
        let what = "\(visibleToken(decision.name)) → \(decision.text)"
        page.heading("What decisions rest on")
        page.paragraph(
            "How much each token speaks for a decision, by the gradient of its log-probability: blue for it, orange against it. The "
                + "decision looked at: \(what); choose another one with --at.")
        page.heading("Gradient times input", level: 3)
        if text.saliency.count > 1 {
            let values = tokens.indices.map { token in text.saliency.map { Float($0.values[token]) } }
            let names = text.decisions.map { "\(visibleToken($0.name)) → \(visibleToken($0.outcome))" }
            page.markup(
                ValueBrowser(parts: [
                    ValueBrowser.Part(
                        name: "decisions", values: values, tokens: tokens.map { runningText($0, text.unit) }, rowNames: names,
                        noun: "decision", first: place)
                ]).markup)
        } else {
            page.markup(shaded(chosen.values))
        }
        if let integrated = text.integrated, let error = integrated.completenessError, let baseline = integrated.baseline {
            page.heading("Integrated gradients", level: 3)
            page.markup(shaded(integrated.values))
            page.facts([
                ("with the text", significant(integrated.objective)), ("with vectors of zeros", significant(baseline)),
                ("sum of all tokens", significant(integrated.values.reduce(0, +))),
                ("does not add up by", significant(error, 2)),
            ])
            if text.addsUpBadly {
                page.note(
                    "The shares do not add up to what they explain: on the way from nothing to this text the network turns more often than "
                        + "the steps see. Give more --steps or less text, and trust the gradient alone less too.")
            }
        } else {
            page.paragraph("There are no integrated gradients: what is decided first changes what there is to decide later.")
        }
    }

    private func shaded(_ values: [Double]) -> String {
        let largest = values.filter(\.isFinite).map { abs($0) }.max() ?? 1
        let spans = zip(text.inspection.tokens, values).map { token, value in
            shadedSpan(runningText(token, text.unit), largest > 0 ? value / largest : 0, title: significant(value, 3))
        }
        return element("p", ["class": "shaded"], spans.joined())
    }

    // MARK: Gradients

    private func addGradients(to page: inout HTMLReport) {
        let lines = text.gradients.filter { $0.norms.contains { $0 > 0 } && $0.norms.count > 1 }
        guard let place = text.place, !lines.isEmpty else { return }
        page.heading("The gradient on its way back")
        let tokens = text.inspection.tokens, names = withoutCommonFolders(lines.map(\.series))
        let chart = LineChart(
            title: "Norm of the gradient by token", xLabel: "token", yLabel: "‖∂F/∂s‖", xScale: .whole, yScale: .logarithmic,
            series: lines.prefix(8).enumerated().map { number, line in
                // Beyond the rounding of single precision there is nothing to see.
                let largest = line.norms.max() ?? 0
                let points = line.norms.enumerated().filter { $0.element > largest * 1e-12 }.map { step, value in
                    let token = step < tokens.count ? tokens[step] : ""
                    return ChartPoint(
                        Double(step + 1), value, title: "\(line.series) at “\(visibleToken(token))”: \(significant(value, 3))")
                }
                return ChartSeries(name: names[number], points: points, color: number)
            })
        let decision = text.decisions[place]
        page.figure(
            chart.svg(),
            caption: "How strongly the state after each token still moves the decision \(visibleToken(decision.name)) → "
                + "\(visibleToken(decision.outcome)). Where the lines fall towards the left, the gradient vanishes.")
    }
}
