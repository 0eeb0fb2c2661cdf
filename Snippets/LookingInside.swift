// What a trained language model does while it reads: units, gates, guesses, saliency. Takes a run's folder.
import Elman

func look(into run: String) throws {
    let model = try RunFolder.open(run).inspectableModel()  // whatever its task
    let text = try model.text("the king sleeps")

    let graph = ComputationGraph()
    graph.recording = Recording()
    let inspection = try model.inspect(text, in: graph)
    let memories = graph.recording!.values(of: "rnn/0/cell")
    for (token, values) in zip(inspection.tokens, memories) { print(token, values.prefix(4)) }
    print(inspection.decisions.map { $0.labels[$0.chosen()] })

    let last = inspection.decisions.count - 1
    print(try model.saliency(of: text, decisions: [last])[0].values)
    if let integrated = try model.integratedGradients(of: text, decision: last) {
        print(integrated.values, "adds up but for", integrated.completenessError ?? 0)
    }

    try model.record(text).write(to: "king.safetensors")
}

func search(_ run: String, for predicate: TextPredicate, in string: String) throws {
    let model = try LanguageModel(contentsOf: run)
    let text = try model.text(string)
    let table = try StateTable(reading: [text], with: model)
    let truth = predicate.values(of: table.tokens, lineEnd: model.unit.boundarySpelling)
    let search = UnitSearch(table, for: truth)
    let best = search.ranking[0]
    print(best.unit, best.heldOut, "by chance", search.control.mean)

    // The same text without the unit.
    let ablation = try UnitAblation(model, holding: [(best.unit, 0)], on: [text])
    print(ablation.groups[0].loss)
}

if CommandLine.arguments.count == 2 {
    try look(into: CommandLine.arguments[1])
    try search(CommandLine.arguments[1], for: .linePosition, in: "the king sleeps\nthe queen walks\n")
} else {
    print("give a run of elman train lm")
}
