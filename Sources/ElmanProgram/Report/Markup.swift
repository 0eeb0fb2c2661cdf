/// Writing XML, which both our pages and our drawings are.

/// The text as XML shows it: `&`, `<`, `>` and quotes escaped, and characters that XML does not allow shown by their pictures (`␛`).
func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
        default:
            switch scalar.value {
            case 0..<0x20: result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: result += "␡"
            case 0x80..<0xA0, 0xFFFE, 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
    return result
}

/// An element: its attributes in the order given, without those that are nil, and its contents, which must be markup already.
func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ contents: String? = nil) -> String {
    var result = "<" + name
    for (key, value) in attributes {
        if let value { result += " \(key)=\"\(escaped(value))\"" }
    }
    guard let contents else { return result + "/>" }
    return result + ">" + contents + "</" + name + ">"
}

/// An element that contains text.
func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text: String) -> String {
    element(name, attributes, escaped(text))
}

/// A number of a drawing, to a hundredth.
func coordinate(_ value: Double) -> String { withoutTrailingZeros(fixed(value, 2)) }
