/// Whether text is well-formed XML as far as our pages use it: elements closed in order, attributes quoted and named once,
/// entities known, no characters that XML forbids. Several elements may stand side by side.
func isWellFormed(_ text: String) -> Bool {
    var scanner = MarkupScanner(Array(text.unicodeScalars))
    return scanner.scan()
}

private struct MarkupScanner {
    private let text: [Unicode.Scalar]
    private var place = 0
    private var open: [String] = []

    init(_ text: [Unicode.Scalar]) { self.text = text }

    mutating func scan() -> Bool {
        while let scalar = current {
            switch scalar {
            case "<": if !scanTag() { return false }
            case "&": if !scanEntity() { return false }
            case ">":
                if place >= 2, text[place - 2..<place].elementsEqual("]]".unicodeScalars) { return false }
                place += 1
            default:
                if !isAllowed(scalar) { return false }
                place += 1
            }
        }
        return open.isEmpty
    }

    private var current: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 ? scalar.value != 0xFFFE && scalar.value != 0xFFFF : "\t\n\r".unicodeScalars.contains(scalar)
    }

    private mutating func take(_ expected: String) -> Bool {
        let wanted = Array(expected.unicodeScalars)
        guard text[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func name() -> String {
        var result = ""
        while let scalar = current, scalar.properties.isAlphabetic || "-:_0123456789".unicodeScalars.contains(scalar) {
            result.unicodeScalars.append(scalar)
            place += 1
        }
        return result
    }

    private mutating func skipSpace() -> Bool {
        let start = place
        while let scalar = current, " \n\t\r".unicodeScalars.contains(scalar) { place += 1 }
        return place > start
    }

    private mutating func scanTag() -> Bool {
        if place == 0, take("<!DOCTYPE html>") { return true }
        if place == 0, take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") { return true }
        if take("</") {
            let name = name()
            return open.popLast() == name && take(">")
        }
        place += 1
        let element = name()
        if element.isEmpty { return false }
        var attributes: Set<String> = []
        while skipSpace() {
            if let scalar = current, scalar == "/" || scalar == ">" { break }
            let attribute = name()
            guard !attribute.isEmpty, attributes.insert(attribute).inserted, take("=\""), scanValue() else { return false }
        }
        if take("/>") { return true }
        open.append(element)
        return take(">")
    }

    private mutating func scanValue() -> Bool {
        while let scalar = current {
            switch scalar {
            case "\"":
                place += 1
                return true
            case "<": return false
            case "&": if !scanEntity() { return false }
            default:
                if !isAllowed(scalar) { return false }
                place += 1
            }
        }
        return false
    }

    private mutating func scanEntity() -> Bool {
        ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].contains { take($0) }
    }
}
