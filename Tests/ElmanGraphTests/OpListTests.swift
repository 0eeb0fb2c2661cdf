import ElmanGraph
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The list of ops is complete, so that `EveryOpTests` sees every one of them.
struct OpListTests {
    @Test func everyOpInTheSourcesIsListed() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/ElmanGraph/Ops")
        let list = try String(contentsOf: folder.appendingPathComponent("AllOps.swift"), encoding: .utf8)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        #expect(!paths.isEmpty)
        for path in paths where path != "AllOps.swift" {
            let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            for name in declaredOps(in: text) {
                let isListed = [",", "]", "\n"].contains { list.contains(".\(name)\($0)") }
                #expect(isListed, "\(name) of \(path) is missing in Op.all")
            }
        }
    }

    @Test func everyOpThatWasUsedIsListed() {
        let listed = Set(Op.all.map(ObjectIdentifier.init))
        for op in OpTable.declared where !op.isLeaf && !op.name.hasPrefix("test.") {
            #expect(listed.contains(ObjectIdentifier(op)), "\(op.name) is missing in Op.all")
        }
    }

    @Test func everyOpHasSamplesAndAName() {
        #expect(Set(Op.all.map(\.name)).count == Op.all.count)
        for op in Op.all { #expect(!op.samples.isEmpty, "\(op.name)") }
    }

    /// Names of static values that are declared in `extension Op { … }` and built from kernels.
    private func declaredOps(in text: String) -> [String] {
        var isInside = false, names: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("extension Op {") { isInside = true }
            if line.hasPrefix("}") { isInside = false }
            guard isInside, line.hasPrefix("    static let "), !line.contains(" = ["), !line.contains("Samples") else { continue }
            names.append(String(line.dropFirst("    static let ".count).prefix { $0.isLetter || $0.isNumber }))
        }
        return names
    }
}
