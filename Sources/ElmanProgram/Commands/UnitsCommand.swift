import ArgumentParser
import Elman

/// `elman units`.
struct UnitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "units", abstract: "Find units that follow a property of the text; hold units and measure again.",
        discussion: """
            Predicates: \(SearchedText.choices.joined(separator: ", ")).
            label: texts with a label each, as for train classify. tag: tokens with a tag each, as for train tag.

            elman units runs/chars text.txt --predicate inside-quotes --ablate best --html quotes.html
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: .directory) var runPath: String
    @Argument(help: "The text.") var file: String
    @Option(help: ArgumentHelp("What to search for.", valueName: "name")) var predicate: String
    @Option(help: ArgumentHelp("Tags: the column that holds them.", valueName: "last|upos|xpos|n")) var column = "last"
    @Option(help: ArgumentHelp("Read so many tokens at most.", valueName: "n")) var tokens = 50_000
    @Option(help: ArgumentHelp("Show so many units.", valueName: "n")) var top = 10
    @Option(help: ArgumentHelp("Shifts of the control.", valueName: "n")) var shifts = 20
    @Option(help: "Seed of the control.") var seed = 1
    @Option(help: ArgumentHelp("Write a page with the best unit on the text.", valueName: "file")) var html: String?
    @OptionGroup var hold: HoldFlags
    @Flag(help: "One JSON object on standard output.") var json = false
    @OptionGroup var common: CommonFlags

    func validate() throws {
        guard (100...10_000_000).contains(tokens) else { throw ValidationError("--tokens is \(tokens); give 100 to 10000000") }
        guard (1...10_000).contains(top) else { throw ValidationError("--top is \(top); give 1 to 10000") }
        guard (0...1000).contains(shifts) else { throw ValidationError("--shifts is \(shifts); give 0 to 1000") }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed); give 0 or a positive number") }
    }

    func run() throws {
        let console = common.start()
        let model = try RunFolder.open(runPath).inspectableModel()
        guard let column = TagColumn(column) else {
            throw ProgramError(.usage, "--column is '\(column)'; give last, upos, xpos or a number")
        }
        let searched = try SearchedText(file, predicate, column: column, limit: tokens, for: model)
        guard searched.targets.contains(where: { $0.values.count { $0.isFinite } >= 8 }) else {
            throw DataError(.badData, path: file, "has too little text to search units with; give a longer one")
        }
        let ofTokens = try StateTable(reading: searched.texts, with: model)
        let table = searched.isOfTexts ? ofTokens.summaries() : ofTokens
        let searches = searched.targets.map { target in
            // The text in which the tokens end is the last that is read.
            (target, UnitSearch(table, for: Array(target.values.prefix(table.tokens.count)), shifts: shifts, seed: UInt64(seed)))
        }
        let single = searched.isOfTexts ? SingleUnitClassifier(table, labels: searched.labels, seed: UInt64(seed)) : nil
        let best = searches.max { abs($0.1.ranking[0].searched) < abs($1.1.ranking[0].searched) }!
        var ablation = try ablation(model, searched, best.1.ranking[0].unit, best.0)
        if ablation?.groups[0].count == 0 {
            ablation = nil
            console.note("the model decides none of the labels of \(printable(file)), so that holding units shows nothing")
        }
        if let html {
            let page = UnitsPage(
                run: runPath, target: best.0, search: best.1, table: table, unit: searched.isOfTexts ? .word : model.unit,
                ablation: ablation
            ).page(
                signature:
                    "elman \(elmanVersion): elman units \(shellQuoted(runPath)) \(shellQuoted(file)) --predicate \(predicate)")
            try AtomicFile.write(page.html, to: html)
            console.note("wrote \(html)")
        }
        if json { return console.print(object(searches, single, ablation).text()) }
        show(searches, single, ablation, console)
    }

    /// What it costs to hold the units of the flags, on the whole text.
    private func ablation(
        _ model: any InspectableModel, _ searched: SearchedText, _ best: NetworkUnit, _ target: SearchedText.Target
    ) throws -> UnitAblation? {
        var units = try hold.units()
        if hold.ablate.contains("best") { units.append((best, 0)) }
        if units.isEmpty { return nil }
        try HoldFlags.check(units.map(\.unit), in: model)
        let values = target.values, isBinary = values.allSatisfy { $0 == 0 || $0 == 1 || !$0.isFinite }
        let lineEnd = model.unit.boundarySpelling, tokens = searched.texts.flatMap(\.tokens)
        let isDepth = target.name == TextPredicate.bracketDepth.rawValue
        return try UnitAblation(model, holding: units, on: searched.texts) { row in
            if searched.isOfTexts || row >= values.count { return nil }
            guard isBinary || isDepth else { return tokens[row] == lineEnd ? "ends of lines" : "others" }
            let before = row > 0 ? values[row - 1] : 0
            if before == values[row] { return isDepth ? "others" : values[row] == 1 ? "inside" : "outside" }
            return values[row] > before ? "opening" : "closing"
        }
    }

    private func show(
        _ searches: [(SearchedText.Target, UnitSearch)], _ single: SingleUnitClassifier?, _ ablation: UnitAblation?,
        _ console: Console
    ) {
        for (target, search) in searches {
            let control = search.control
            console.print(
                "\(printable(target.name)): \(counted(search.ranking.count, "unit")), \(grouped(search.rows.searched)) rows searched, "
                    + "\(grouped(search.rows.heldOut)) held out")
            for line in alignedColumns(UnitsReport.rows(search, count: top), header: UnitsReport.header) {
                console.print("  " + line)
            }
            if !control.correlations.isEmpty, let best = search.ranking.first {
                console.print(
                    "  the best unit for shifted values: |r| \(fixed(control.mean, 3)) on average, \(fixed(control.highest, 3)) at most "
                        + "(p \(fixed(control.significance(of: best.heldOut), 3)))")
            }
            if let threshold = search.ranking.first?.threshold {
                console.print("  the commoner of true and false: \(percentText(threshold.majority))")
            }
        }
        if let single {
            console.print("one unit against all, on \(counted(single.texts.measured, "text")) that were held out:")
            let rows = [
                [single.unit.description, percentText(single.accuracy)],
                ["\(single.used.units) of \(single.used.of) units", percentText(single.accuracyOfAll)],
                ["the commonest label", percentText(single.majority)],
            ]
            for line in alignedColumns(rows) { console.print("  " + line) }
        }
        if let ablation {
            console.print("with units held:")
            for line in alignedColumns(UnitsReport.rows(ablation), header: UnitsReport.ablationHeader) {
                console.print("  " + line)
            }
        }
    }

    private func object(
        _ searches: [(SearchedText.Target, UnitSearch)], _ single: SingleUnitClassifier?, _ ablation: UnitAblation?
    ) -> JSONObject {
        var object: JSONObject = [
            "searches": .array(searches.map { .object(UnitsReport.json($0.1, $0.0.name, count: top)) })
        ]
        if let single {
            object["single_unit"] = [
                "unit": .string(single.unit.description), "accuracy": JSONValue(single.accuracy),
                "accuracy_all": JSONValue(single.accuracyOfAll), "units_used": JSONValue(single.used.units),
                "majority": JSONValue(single.majority),
            ]
        }
        if let ablation { object["held"] = UnitsReport.json(ablation) }
        return object
    }
}
