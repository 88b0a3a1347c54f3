import Foundation
import TestSupport
import Testing

/// What the pipeline may know: it is a machine without input or output, so nothing of the system.
@Suite("imports of StatsPipeline") struct ImportTests {
    /// Rooms below it, and the standard library's atomics. Neither SystemIO nor Glibc, Dispatch or Foundation.
    static let allowed: Set<String> = ["StatsModel", "StatsWire", "StatsBuffers", "Synchronization"]
    /// The modules that a source imports, in whatever way it is written.
    static func imports(of source: String) -> [String] {
        source.split(whereSeparator: { $0.isNewline || $0 == ";" }).compactMap { line in
            if line.drop(while: \.isWhitespace).hasPrefix("//") { return nil }
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) || $0.hasPrefix("/*") })
            else { return nil }
            let isKind = kinds.contains(words[place + 1]) && place + 2 < words.count
            return words[place + (isKind ? 2 : 1)].split(separator: ".").first.map(String.init)
        }
    }
    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<String> = ["typealias", "struct", "class", "enum", "protocol", "let", "var", "func"]

    /// The names in the list of dependencies of a room, as the package's manifest states it; nil: there is no such room.
    static func dependencies(of room: String, manifest: String) -> Set<String>? {
        guard let start = manifest.range(of: "room(\"\(room)\", ["),
            let end = manifest.range(of: "]", range: start.upperBound..<manifest.endIndex)
        else { return nil }
        let names = manifest[start.upperBound..<end.lowerBound].split(separator: ",")
        return Set(names.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \n\"")) })
    }

    @Test("its sources import nothing else, and there are sources")
    func sources() throws {
        let folder = Checkout.sources.appendingPathComponent("StatsPipeline")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            count += 1
            let imports = Self.imports(of: try String(contentsOf: file, encoding: .utf8))
            let forbidden = imports.filter { !Self.allowed.contains($0) }
            #expect(forbidden.isEmpty, "\(file.lastPathComponent)")
        }
        #expect(count > 50)
    }

    @Test("the manifest lets it see nothing else")
    func manifest() throws {
        let manifest = try String(contentsOf: Checkout.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let dependencies = try #require(Self.dependencies(of: "StatsPipeline", manifest: manifest))
        #expect(!dependencies.isEmpty && dependencies.isSubset(of: Self.allowed))
    }

    @Test(
        "an import is seen in whatever way it is written",
        arguments: [
            "import Glibc", "package import Glibc", "@preconcurrency import Glibc", "@_exported public import Glibc",
            "    import Glibc", "#if canImport(Glibc)\n    import Glibc\n#endif", "import StatsModel; import Glibc",
            "import struct Glibc.timeval", "import Glibc.POSIX", "@_spi(Inside)\timport Glibc // why", "import func Glibc.read",
        ])
    func written(source: String) {
        #expect(Self.imports(of: "import StatsWire\n\(source)\nstruct A {}").filter { !Self.allowed.contains($0) } == ["Glibc"])
    }

    @Test("what only looks like an import is none", arguments: ["// import Glibc", "/// import Glibc", "let text = \"import Glibc\""])
    func comments(source: String) {
        #expect(Self.imports(of: source).isEmpty)
    }

    @Test("a dependency is seen in a manifest")
    func dependency() {
        let manifest = "room(\"Other\", [\"A\"]),\n room(\"StatsPipeline\", [\"StatsModel\", \"SystemIO\"]),"
        #expect(Self.dependencies(of: "StatsPipeline", manifest: manifest) == ["StatsModel", "SystemIO"])
        #expect(Self.dependencies(of: "Absent", manifest: manifest) == nil)
    }
}
