import Foundation
import Testing

/// Bounds that keep the project readable: how many files stand side by side, and how much the products show.
@Suite("folders and public declarations") struct FolderTests {
    private static let project = ProductPageTests.sources.deletingLastPathComponent()

    private static func files(below folder: String) throws -> [URL] {
        let files = try #require(
            FileManager.default.enumerator(at: project.appendingPathComponent(folder), includingPropertiesForKeys: [.isRegularFileKey]))
        return files.compactMap { $0 as? URL }.filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
    }

    @Test("no folder has more than 25 files side by side", arguments: ["Sources", "Tests"])
    func folders(folder: String) throws {
        let files = Dictionary(grouping: try Self.files(below: folder)) { $0.deletingLastPathComponent().path }
        #expect(files.count > 10)
        for (folder, files) in files {
            #expect(files.count <= 25, "\(folder) has \(files.count)")
        }
    }

    @Test("at most 1000 lines of code say public, and no file is longer than 300 lines")
    func sources() throws {
        var lines = 0
        for file in try Self.files(below: "Sources") where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            lines += text.count { !$0.drop(while: \.isWhitespace).hasPrefix("//") && $0.contains(/\bpublic\b/) }
            #expect(text.count <= 301, "\(file.lastPathComponent) has \(text.count - 1) lines")
        }
        #expect(lines > 500 && lines <= 1000, "\(lines) lines")
    }
}
