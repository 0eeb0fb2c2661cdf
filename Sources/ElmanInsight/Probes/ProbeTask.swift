import ElmanTensor
import ElmanText

/// What a probe is to tell: a label for every token, or for every sentence, of some texts.
public struct ProbeTask: Sendable {
    /// The texts; those of sentences may have been changed.
    public var texts: [[String]]
    /// Parts of speech of the texts' words, for models that look at them; empty where there are none.
    public var tags: [[String]]
    /// Whether labels are those of sentences.
    public let isOfSentences: Bool
    /// For every text the labels of its tokens, or its own; -1 for what does not count.
    public let labels: [[Int]]
    /// What the labels are.
    public let names: [String]

    /// A task of given labels. Fails where they are not as many as tokens, or one for every sentence.
    public init(texts: [[String]], tags: [[String]] = [], isOfSentences: Bool, labels: [[Int]], names: [String]) {
        guard texts.count == labels.count,
            zip(texts, labels).allSatisfy({ $1.count == (isOfSentences ? 1 : $0.count) })
        else { fail("\(labels.count) lists of labels do not fit \(texts.count) texts") }
        self.texts = texts
        self.tags = tags
        self.isOfSentences = isOfSentences
        self.labels = labels
        self.names = names
    }

    /// Labels of tokens by name, in the order of their bytes.
    public init(tokens texts: [[String]], tags: [[String]] = [], labels: [[String]]) {
        var counts = TokenCounts()
        for list in labels { for label in list { counts.add(label) } }
        let names = Vocabulary(labels: counts)
        self.init(
            texts: texts, tags: tags, isOfSentences: false, labels: labels.map { $0.map { names.index(of: $0) ?? -1 } },
            names: names.entries)
    }
}

extension ProbeTask {
    /// The part of speech of every word of a treebank.
    public static func partsOfSpeech(_ bank: DependencyTreebank) -> ProbeTask {
        let upos = (0..<bank.count).map { bank.upos.tokens(of: $0) }
        return ProbeTask(tokens: (0..<bank.count).map { bank.words.tokens(of: $0) }, tags: upos, labels: upos)
    }

    /// How many words above each word of a treebank: 0 for roots, `deepest` for those with more. Words without a tree do not count.
    public static func depth(_ bank: DependencyTreebank, deepest: Int = 7) -> ProbeTask {
        let labels = (0..<bank.count).map { sentence -> [Int] in
            let heads = bank.heads(of: sentence).map { Int($0) }
            return heads.indices.map { word in
                var (depth, head) = (0, heads[word])
                while head > 0, depth <= heads.count { (depth, head) = (depth + 1, heads[head - 1]) }
                return head < 0 || depth > heads.count ? -1 : min(depth, deepest)
            }
        }
        return ProbeTask(
            texts: (0..<bank.count).map { bank.words.tokens(of: $0) },
            tags: (0..<bank.count).map { bank.upos.tokens(of: $0) }, isOfSentences: false, labels: labels,
            names: (0...deepest).map { $0 == deepest ? "\($0)+" : "\($0)" })
    }

    /// How many nodes above the word of every leaf of trees, as `depth` of dependencies.
    public static func depth(_ bank: Treebank, deepest: Int = 12) -> ProbeTask {
        let labels = (0..<bank.count).map { number -> [Int] in
            let tree = bank[number]
            var depths = [Int](repeating: 0, count: tree.count)
            for node in stride(from: tree.root, through: 0, by: -1) {
                for child in tree.children(of: node) { depths[Int(child)] = depths[node] + 1 }
            }
            return (0..<tree.count).filter(tree.isLeaf).map { min(depths[$0], deepest) }
        }
        return ProbeTask(
            texts: (0..<bank.count).map { bank.words.tokens(of: $0) }, isOfSentences: false, labels: labels,
            names: (0...deepest).map { $0 == deepest ? "\($0)+" : "\($0)" })
    }

    /// The length of every sentence, in bins that have about as many sentences each (Conneau et al. 2018).
    public static func length(_ texts: [[String]], tags: [[String]] = [], bins: Int = 6) -> ProbeTask {
        let sorted = texts.map(\.count).sorted()
        var ends: [Int] = []
        for bin in 1..<max(bins, 2) where !sorted.isEmpty {
            let end = sorted[min(bin * sorted.count / bins, sorted.count - 1)]
            if end > (ends.last ?? sorted[0]) { ends.append(end) }
        }
        let labels = texts.map { text in ends.firstIndex { text.count < $0 } ?? ends.count }
        let firsts = [sorted.first ?? 0] + ends
        let names = firsts.indices.map { bin in
            let last = bin + 1 < firsts.count ? firsts[bin + 1] - 1 : sorted.last ?? 0
            return firsts[bin] == last ? "\(last)" : "\(firsts[bin])–\(last)"
        }
        return ProbeTask(texts: texts, tags: tags, isOfSentences: true, labels: labels.map { [$0] }, names: names)
    }

    /// Which one of some words a sentence has (Conneau et al. 2018): words of the middle of the frequency list, each in many
    /// sentences; a sentence with none or several of them does not count.
    public static func wordContent(_ texts: [[String]], tags: [[String]] = [], words count: Int = 20) -> ProbeTask {
        var sentences: [String: Int] = [:]
        for text in texts { for word in Set(text) { sentences[word, default: 0] += 1 } }
        // Words of a tenth of the sentences are about grammar; those of a few are too rare to be learnt.
        let candidates = sentences.filter { $0.value <= max(texts.count / 10, 1) && $0.value >= 5 }
        let chosen = candidates.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map(\.key).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1, $0) })
        let labels = texts.map { text -> [Int] in
            let found = Set(text.compactMap { numbers[$0] })
            return [found.count == 1 ? found.first ?? -1 : -1]
        }
        return ProbeTask(texts: texts, tags: tags, isOfSentences: true, labels: labels, names: chosen)
    }

    /// Whether two neighbouring words of a sentence have changed places: those of half of the sentences have (Conneau et al. 2018).
    public static func wordOrder(_ texts: [[String]], tags: [[String]] = [], seed: UInt64 = 1) -> ProbeTask {
        var generator = RandomGenerator(seed: seed, stream: 0x6F72_6465)
        var (changed, changedTags) = (texts, tags)
        let labels = texts.indices.map { text -> [Int] in
            let places = texts[text].indices.dropLast().filter { texts[text][$0] != texts[text][$0 + 1] }
            guard !places.isEmpty else { return [-1] }
            guard generator.uniform() < 0.5 else { return [0] }
            let place = places[generator.integer(below: places.count)]
            changed[text].swapAt(place, place + 1)
            if !tags.isEmpty { changedTags[text].swapAt(place, place + 1) }
            return [1]
        }
        return ProbeTask(
            texts: changed, tags: changedTags, isOfSentences: true, labels: labels, names: ["as written", "swapped"])
    }

    /// The control task of Hewitt and Liang (2019): every word type has one label for itself, drawn as often as the labels occur; of
    /// sentences every one has its own. What a probe reaches here it reaches by remembering words.
    public func control(seed: UInt64 = 1) -> ProbeTask {
        var generator = RandomGenerator(seed: seed, stream: 0x6374_726C)
        let known = labels.joined().filter { $0 >= 0 }
        if known.isEmpty { return self }
        func draw() -> Int { known[generator.integer(below: known.count)] }
        var ofTypes: [String: Int] = [:]
        let drawn = zip(texts, labels).map { text, labels -> [Int] in
            if isOfSentences { return [labels[0] < 0 ? -1 : draw()] }
            return zip(text, labels).map { word, label in
                if label < 0 { return -1 }
                if let known = ofTypes[word] { return known }
                let label = draw()
                ofTypes[word] = label
                return label
            }
        }
        return ProbeTask(texts: texts, tags: tags, isOfSentences: isOfSentences, labels: drawn, names: names)
    }
}
