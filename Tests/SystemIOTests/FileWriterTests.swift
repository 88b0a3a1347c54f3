import Foundation
import TestSupport
import Testing

@testable import SystemIO

@Suite("Writing files")
struct FileWriterTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try body(folder.path)
    }

    private func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
    }

    @Test("what was written is in the file at once, and counted")
    func written() throws {
        try inFolder { folder in
            var writer = try FileWriter(path: "\(folder)/a", existing: .refused)
            try writer.write([1, 2, 3].span)
            #expect(bytes("\(folder)/a") == [1, 2, 3])
            try writer.write([4].span)
            #expect(bytes("\(folder)/a") == [1, 2, 3, 4])
            #expect(writer.byteCount == 4)
        }
    }

    @Test("a file that is there is cut or refused, as asked")
    func existing() throws {
        try inFolder { folder in
            try Data([9, 9, 9]).write(to: URL(fileURLWithPath: "\(folder)/a"))
            var refusal: SystemError?
            do throws(SystemError) {
                _ = try FileWriter(path: "\(folder)/a", existing: .refused)
            } catch { refusal = error }
            #expect(refusal?.alreadyExists == true)
            #expect(refusal?.subject == "\(folder)/a")
            #expect(bytes("\(folder)/a") == [9, 9, 9])
            var writer = try FileWriter(path: "\(folder)/a", existing: .overwritten)
            try writer.write([1].span)
            #expect(bytes("\(folder)/a") == [1])
        }
    }

    @Test("after a cut the file goes on where it was cut")
    func truncated() throws {
        try inFolder { folder in
            var writer = try FileWriter(path: "\(folder)/a", existing: .overwritten)
            try writer.write([1, 2, 3, 4].span)
            try writer.truncate(to: 2)
            try writer.write([7].span)
            #expect(bytes("\(folder)/a") == [1, 2, 7])
            #expect(writer.byteCount == 3)
        }
    }

    @Test(
        "a full device is distinguished from other failures",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
    func full() throws {
        var writer = try FileWriter(path: "/dev/full", existing: .overwritten)
        var failure: SystemError?
        do throws(SystemError) { try writer.write([1].span) } catch { failure = error }
        #expect(failure?.isFull == true)
        #expect(failure?.isBrokenPipe == false)
        #expect(failure?.description == "cannot write to /dev/full: No space left on device")
        #expect(writer.byteCount == 0)
    }

    @Test("folders are made down to the last, once or twice; a file in the way is an error")
    func folders() throws {
        try inFolder { folder in
            for _ in 0..<2 { try FileSystem.createFolder("\(folder)/a/b/c") }
            var isFolder: ObjCBool = false
            #expect(unsafe FileManager.default.fileExists(atPath: "\(folder)/a/b/c", isDirectory: &isFolder))
            #expect(isFolder.boolValue)
            _ = try FileWriter(path: "\(folder)/a/file", existing: .refused)
            var failure: SystemError?
            do throws(SystemError) { try FileSystem.createFolder("\(folder)/a/file/d") } catch { failure = error }
            #expect(failure?.subject == "\(folder)/a/file/d")
        }
    }

    @Test("removing a file that is gone is fine, removing a folder is not")
    func removal() throws {
        try inFolder { folder in
            _ = try FileWriter(path: "\(folder)/a", existing: .refused)
            for _ in 0..<2 { try FileSystem.removeFile("\(folder)/a") }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/a"))
            #expect(throws: SystemError.self) { try FileSystem.removeFile(folder) }
        }
    }

    @Test(
        "the folder of a path",
        arguments: [("a", nil), ("a/b", "a"), ("/a", "/"), ("/a/b/c", "/a/b"), ("a/", "a")] as [(String, String?)])
    func folderOfPath(path: String, folder: String?) {
        #expect(FileSystem.folder(of: path) == folder)
    }
}
