/// How tagged sentences are read.
public struct TagReadingOptions: Sendable, Hashable {
    /// The format; nil has it guessed from the first 64 KiB.
    public var format: TagFormat?
    /// The column of the tag in columns and CoNLL-U.
    public var tagColumn: TagColumn
    /// The column of the word, counted from 1; nil is the first one, and of CoNLL-U the second.
    public var wordColumn: Int?
    /// Whether there may be no tags: plain words, or a single column. Otherwise that is an error.
    public var allowsMissingTags: Bool
    /// Whether the file's bytes are kept, so that it can be written back with other tags.
    public var keepsText: Bool
    /// What to do with bytes that are not UTF-8.
    public var invalidUTF8: InvalidUTF8

    /// Words of a sentence behind so many are left out, where the text is not kept.
    public var maximumLength: Int

    /// Options that differ from the defaults shown.
    public init(
        format: TagFormat? = nil, tagColumn: TagColumn = .last, wordColumn: Int? = nil, allowsMissingTags: Bool = false,
        keepsText: Bool = false, invalidUTF8: InvalidUTF8 = .refuse, maximumLength: Int = .max
    ) {
        self.format = format
        self.tagColumn = tagColumn
        self.wordColumn = wordColumn
        self.allowsMissingTags = allowsMissingTags
        self.keepsText = keepsText
        self.invalidUTF8 = invalidUTF8
        self.maximumLength = maximumLength
    }
}
