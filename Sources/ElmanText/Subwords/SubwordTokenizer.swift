import ElmanFiles
import ElmanTensor

/// A tokenizer from a Hugging Face `tokenizer.json` with a byte-pair encoding, as those of GPT-2, RoBERTa, Llama 2.
///
/// Read are normalizers (`Lowercase`, `NFC`, `Prepend`, `Replace`), pre-tokenizers (`ByteLevel`, `Whitespace`, `WhitespaceSplit`,
/// `Metaspace`, `Digits`), decoders (`ByteLevel`, `BPEDecoder`, `Metaspace`, `Replace`, `ByteFallback`, `Fuse`, `Strip`), sequences of all
/// these, and added tokens. Anything else is refused by its name, so that no text is ever cut otherwise than the file says. Post-processors
/// are passed over: no special tokens are put around a text. Padding and truncation are left to the caller.
public struct SubwordTokenizer: Sendable {
    /// All tokens by their index, as the file spells them; `unknown` is the model's, where it has one.
    public let vocabulary: Vocabulary
    let model: SubwordModel
    let normalizer: TokenizerNormalizer?
    let preTokenizer: PreTokenizer?
    let decoder: TokenizerDecoder?
    let addedTokens: AddedTokens

    /// The indices of a text.
    public func encode(_ text: String) -> [Int32] {
        var cache: [[Unicode.Scalar]: [Int32]] = [:]
        return encode(text, &cache)
    }

    /// The indices of texts. Words that come again are not cut again.
    public func encode(_ texts: [String]) -> EncodedLists {
        var cache: [[Unicode.Scalar]: [Int32]] = [:]
        return EncodedLists(texts.map { encode($0, &cache) })
    }

    /// The tokens of a text as the file spells them.
    public func tokens(of text: String) -> [String] { encode(text).map { vocabulary[Int($0)] } }

    /// The text of indices. Special tokens are left out unless asked for. Fails where there is no such index.
    public func decode(_ indices: some Sequence<Int32>, keepsSpecial: Bool = false) -> String {
        let special = keepsSpecial ? [] : Set(addedTokens.tokens.filter(\.isSpecial).map(\.index))
        let tokens = indices.filter { !special.contains($0) }.map { vocabulary[Int($0)] }
        return decoder?.decoded(tokens).joined() ?? tokens.joined(separator: " ")
    }

    private func encode(_ text: String, _ cache: inout [[Unicode.Scalar]: [Int32]]) -> [Int32] {
        var (result, isFirst) = ([Int32](), true)
        for part in addedTokens.parts(of: Array(text.unicodeScalars), normalized: false) {
            guard case .text(let raw) = part else {
                if case .token(let index) = part { result.append(index) }
                isFirst = false
                continue
            }
            for part in addedTokens.parts(of: normalizer?.normalized(raw) ?? raw, normalized: true) {
                switch part {
                case .token(let index): result.append(index)
                case .text(let text):
                    for word in preTokenizer?.words(of: text, isFirst: isFirst) ?? [text] {
                        let pieces = cache[word] ?? model.pieces(of: word, in: vocabulary)
                        cache[word] = pieces
                        result += pieces
                    }
                }
                isFirst = false
            }
        }
        return result
    }
}
