// What a trained run of each task gives in Swift. Takes the folders of runs; without one it says how to make some.
import Elman

func classify(_ run: String) throws {
    let model = try Classifier(contentsOf: run)
    let prediction = model.predict([["a", "gripping", "film"]])[0]
    print(model.labels[prediction.label], prediction.probabilities)
}

func tag(_ run: String) throws {
    let model = try Tagger(contentsOf: run)
    print(model.tags(of: [["Marie", "Curie", "lived", "in", "Paris"]])[0])
}

func translate(_ run: String) throws {
    let model = try Translator(contentsOf: run)
    var options = TranslationOptions()
    options.beamSize = 5
    for translation in try model.nBest([["twenty", "one"]], options, count: 3)[0] {
        print(translation.score, translation.text)
    }
}

func retrieve(_ run: String) throws {
    let model = try SentenceRetriever(contentsOf: run)
    let index = try model.index(["the owl cries", "the king sleeps in the garden"])
    for hit in try model.query(["a king who sleeps"], in: index, count: 1)[0] { print(hit.score, index.texts[hit.place]) }
}

func labelTrees(_ run: String) throws {
    let model = try TreeClassifier(contentsOf: run)
    let bank = try Treebank(text: Array("(2 (2 a) (3 (4 gripping) (2 film)))\n".utf8))
    print(model.predictions(for: try model.encode(bank))[0].rootProbabilities)
}

func parse(_ run: String) throws {
    let model = try Parser(contentsOf: run)
    let words = ["the", "owl", "cries"]
    let tree = model.trees(of: [words], upos: [["DET", "NOUN", "VERB"]])[0]
    for (word, head) in zip(words, tree.heads) { print(word, head == 0 ? "is the root" : "belongs to \(words[head - 1])") }
}

let uses = [
    "classify": classify, "tag": tag, "seq2seq": translate, "retrieve": retrieve, "tree": labelTrees, "parse": parse,
]
for run in CommandLine.arguments.dropFirst() {
    let task = try RunFolder.open(run).readConfiguration()["task"]?.asString ?? ""
    if let use = uses[task] { try use(run) } else { print("\(run): not a run of \(uses.keys.sorted().joined(separator: ", "))") }
}
if CommandLine.arguments.count == 1 {
    print("elman train classify texts.txt -o runs/texts, then give runs/texts to this program")
}
