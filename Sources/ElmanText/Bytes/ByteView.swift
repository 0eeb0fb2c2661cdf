/// A borrowed run of bytes, as a line or a token inside one. Valid only inside the call that hands it out.
public typealias ByteView = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    /// Part of the view.
    func part(_ range: Range<Int>) -> ByteView { ByteView(rebasing: self[range]) }
}

extension String {
    /// The text of bytes, invalid UTF-8 shown as U+FFFD: for messages, never for looking anything up.
    init(showing bytes: ByteView) { self.init(decoding: bytes, as: UTF8.self) }
}

/// Calls `body` with the UTF-8 bytes of a text.
func withBytes<Result>(of text: String, _ body: (ByteView) -> Result) -> Result {
    var text = text
    return text.withUTF8(body)
}
