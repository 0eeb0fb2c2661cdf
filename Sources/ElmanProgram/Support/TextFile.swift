import Elman

/// A file as text; `-` is standard input. Throws where it cannot be read, is larger than `maximumSize` bytes, or is not UTF-8.
func readText(_ file: String, maximumSize: Int = .max) throws(DataError) -> String {
    let bytes = try FileSystem.readFile(file, maximumSize: maximumSize)
    guard let string = String(validating: bytes, as: UTF8.self) else {
        throw DataError(.badData, path: file, "is not UTF-8; convert it, for instance with iconv")
    }
    return string
}

/// The lines of a text that are not empty.
func textLines(_ text: String) -> [String] { text.split { $0 == "\n" || $0 == "\r\n" }.map(String.init) }
