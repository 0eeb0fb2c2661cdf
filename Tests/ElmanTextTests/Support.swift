#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import ElmanFiles
import Testing

@testable import ElmanText

/// Calls `body` with the path of a file that holds the bytes.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/elman-text-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        try #require(count > 0)
        rest = rest.dropFirst(count)
    }
    close(descriptor)
    return try body(path)
}

/// Calls `body` with the path of a file that holds the text.
func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    try withFile(Array(text.utf8), body)
}

/// Reads a text of words that is in memory.
func corpus(_ text: String, _ options: ReadingOptions = ReadingOptions()) throws -> TextCorpus {
    try TextCorpus(text: Array(text.utf8), options: options)
}

/// Reads a text and encodes it with its own vocabulary.
func encoded(_ text: String, _ options: ReadingOptions = ReadingOptions()) throws -> EncodedCorpus {
    let corpus = try corpus(text, options)
    return try corpus.encoded(with: corpus.vocabulary())
}

/// The folder of the package.
var packageFolder: String {
    String(#filePath).split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
}

/// The value of an environment variable.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// The file that a test would need from the folder that ELMAN_DATA names, or nil.
func data(_ name: String) -> String? {
    guard let folder = environment("ELMAN_DATA") else { return nil }
    let path = folder + "/" + name
    return access(path, R_OK) == 0 ? path : nil
}

/// The error that a call throws.
func dataError(_ body: () throws -> some Any) throws -> DataError {
    do { _ = try body() } catch let error as DataError { return error }
    throw NoError()
}

/// A call went well that should not have.
struct NoError: Error {}
