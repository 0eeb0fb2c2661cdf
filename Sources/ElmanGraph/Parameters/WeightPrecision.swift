/// In how many bits a collection holds its matrices and tables for inference. Vectors, such as biases, are of single precision in any
/// case, and so is what a network computes.
public enum WeightPrecision: String, Sendable, Hashable, CaseIterable {
    /// 32 bits, as they were trained.
    case float32
    /// 16 bits, the upper half of a single: 8 bits of precision. Results are, bit for bit, those of the rounded weights as singles.
    case bfloat16
    /// 8 bits: whole numbers from -127 to 127 and a scale for each output of a matrix and for each row of a table, its largest
    /// magnitude divided by 127. In products the other factor is rounded in the same way, each vector with a scale of its own, and
    /// sums are exact (dynamic quantisation), so that results are the same bits on all processors with fused multiply-add.
    case int8
}
