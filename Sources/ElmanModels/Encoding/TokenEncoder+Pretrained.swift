import ElmanFiles
import ElmanGraph
import ElmanTensor
import ElmanText

extension TokenEncoder {
    /// Puts pretrained vectors in place of the words' initial ones, before training. Words that the file lacks keep their initial
    /// vectors, scaled to lie about as far from 0 as those of the file. Throws `.configuration` where the sizes differ.
    public func load(_ pretrained: PretrainedEmbeddings) throws(DataError) {
        guard pretrained.dimension == embeddings.size else {
            throw DataError(
                .configuration,
                "the pretrained vectors have \(pretrained.dimension) numbers, the model's words \(embeddings.size); "
                    + "make the embedding size \(pretrained.dimension)")
        }
        guard pretrained.rows.count == embeddings.count else {
            throw DataError(.configuration, "the pretrained vectors were read for another vocabulary; read them for the model's")
        }
        var values = embeddings.values
        let squares = values.scalars.reduce(0) { $0 + Double($1) * Double($1) }
        let scale = (squares / Double(max(values.scalars.count, 1))).squareRoot()
        let factor = scale > 0 && pretrained.coverage.scale > 0 ? Float(pretrained.coverage.scale / scale) : 1
        for word in 0..<embeddings.count {
            let place = word * embeddings.size..<(word + 1) * embeddings.size
            if let vector = pretrained.vector(of: word) {
                values.scalars.replaceSubrange(place, with: vector)
            } else {
                for index in place { values.scalars[index] *= factor }
            }
        }
        embeddings.values = values
    }
}
