import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SystemIO

/// Files that are written whole.
struct ReplaceFileTests {
    /// What a reading thread found that was neither content: its bytes, or -1 where there was no file.
    final class Reader: Sendable {
        let isDone = Atomic(false)
        let partial = Mutex<[Int]>([])
    }

    static func replace(_ path: String, _ text: String) throws(SystemError) {
        try FileSystem.replaceFile(path, with: Array(text.utf8).span)
    }

    @Test("a file is made, replaced with its permissions kept, and nothing else is left in the folder")
    func contents() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.yaml"
        try Self.replace(path, "one")
        #expect(folder.text(of: "a.yaml") == "one")
        _ = unsafe chmod(path, 0o640)
        try Self.replace(path, "two")
        #expect(folder.text(of: "a.yaml") == "two" && folder.names == ["a.yaml"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o640)
    }

    @Test("through a link its file is replaced, and the link stays")
    func links() throws {
        let folder = try TemporaryFolder()
        try Self.replace(folder.path + "/a.yaml", "one")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/b.yaml", withDestinationPath: "a.yaml")
        try Self.replace(folder.path + "/b.yaml", "two")
        #expect(folder.text(of: "a.yaml") == "two")
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/b.yaml")
        #expect(target == "a.yaml")
    }

    @Test("what is no regular file is written to, and a folder is an error with its path")
    func others() throws {
        let folder = try TemporaryFolder()
        try Self.replace("/dev/null", "one")
        try FileSystem.createFolder(folder.path + "/a.yaml")
        #expect(throws: SystemError(action: "create", subject: folder.path + "/a.yaml", number: EISDIR)) {
            try Self.replace(folder.path + "/a.yaml", "one")
        }
        #expect(throws: SystemError.self) { try Self.replace(folder.path + "/none/a.yaml", "one") }
        #expect(folder.names == ["a.yaml"])
    }

    @Test("a reader finds one content or the other, whole, at every moment")
    func readers() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.yaml"
        let contents = ["a", "b"].map { String(repeating: $0, count: 200_000) }
        try Self.replace(path, contents[0])
        let reader = Reader()
        let isFinished = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while !reader.isDone.load(ordering: .acquiring) {
                let bytes = FileManager.default.contents(atPath: path)
                let isWhole = contents.contains { bytes == Data($0.utf8) }
                if !isWhole { reader.partial.withLock { $0.append(bytes?.count ?? -1) } }
            }
            isFinished.signal()
        }
        for round in 0..<100 { try Self.replace(path, contents[round % 2]) }
        reader.isDone.store(true, ordering: .releasing)
        isFinished.wait()
        let sizes = reader.partial.withLock { $0 }
        #expect(sizes.isEmpty, "\(sizes.prefix(5))")
    }

    @Test("a file that cannot be written whole leaves the old one, and no other")
    func full() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.path + "/a.yaml"
            try ReplaceFileTests.replace(path, "old contents")
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
            // Reads one value of that size.
            let result = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            precondition(result == 0, "the limit can be lowered")
            var number: Int32 = 0
            do throws(SystemError) { try ReplaceFileTests.replace(path, String(repeating: "x", count: 5000)) } catch { number = error.number }
            precondition(number == EFBIG, "the file is too large")
            precondition(folder.text(of: "a.yaml") == "old contents" && folder.names == ["a.yaml"])
        }
    }
}
