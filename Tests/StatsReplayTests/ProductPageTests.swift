import Foundation
import Testing

/// Each product's page lists its public types, no more and no fewer than the sources declare.
struct ProductPageTests {
    static let products = ["StatsClient", "StatsBuffers", "StatsReplay", "StatsMetrics", "StatsClientService", "StatsEndpoint"]

    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    @Test("the page lists the public types of the sources", arguments: products)
    func page(product: String) throws {
        let room = Self.sources.appending(path: product)
        let page = try String(contentsOf: room.appending(path: "README.md"), encoding: .utf8)
        let declared = try Self.publicTypes(in: room)
        let listed = Self.listedTypes(of: page)
        #expect(!declared.isEmpty)
        let missing = declared.subtracting(listed).sorted()
        #expect(missing.isEmpty, "Sources/\(product)/README.md does not list \(missing)")
        let unknown = listed.subtracting(declared).sorted()
        #expect(unknown.isEmpty, "Sources/\(product)/README.md lists \(unknown), which the sources do not show")
    }

    @Test("a public type is found by its whole name, and what is no type or not public is not")
    func reading() {
        let source = """
            @_exported import struct Model.Shown
            extension Outer {
                @frozen
                public struct Inner: Sendable {
                    public enum Kind { case one }
                    struct Hidden {}
                    public var field = 0
                }
                public typealias Alias = Int
            }
            public final class Whole {}
            package struct Room {
                public init() {}
            }
            """
        #expect(Self.publicTypes(of: source) == ["Shown", "Outer.Inner", "Outer.Inner.Kind", "Outer.Alias", "Whole"])
    }

    /// The first cell of each table row, where it is a name in backticks and nothing else.
    static func listedTypes(of page: String) -> Set<String> {
        guard let start = page.range(of: "## Public types") else { return [] }
        return Set(page[start.upperBound...].split(separator: "\n").compactMap { line in
            line.wholeMatch(of: #/\| `([A-Za-z.]+)` \| .+ \|/#).map { String($0.1) }
        })
    }

    private static func publicTypes(in room: URL) throws -> Set<String> {
        let files = try #require(FileManager.default.enumerator(at: room, includingPropertiesForKeys: nil))
        var types: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            types.formUnion(publicTypes(of: try String(contentsOf: file, encoding: .utf8)))
        }
        return types
    }

    /// By indentation, which the sources keep: what stands deeper than a declaration belongs to it.
    static func publicTypes(of source: String) -> Set<String> {
        var types: Set<String> = []
        var outer: [(indent: Int, name: String)] = []
        for line in source.split(separator: "\n") {
            if let shown = line.wholeMatch(of: #/@_exported import \w+ \w+\.(\w+)/#) { types.insert(String(shown.1)) }
            let indent = line.prefix { $0 == " " }.count
            let declaration = #/((?:@\w+ |public |package |private |fileprivate |final )*)(extension|struct|class|enum|actor|protocol|typealias) ([\w.]+).*/#
            guard let match = line.dropFirst(indent).wholeMatch(of: declaration) else { continue }
            outer.removeAll { $0.indent >= indent }
            let name = (outer.map(\.name) + [String(match.3)]).joined(separator: ".")
            if match.2 != "typealias" { outer.append((indent, String(match.3))) }
            if match.1.contains("public "), match.2 != "extension" { types.insert(name) }
        }
        return types
    }
}
