import Foundation
import SystemIO
import TestSupport
import Testing

@Suite struct FileReaderTests {
    @Test("a file comes in the pieces that are asked for, and then nothing")
    func pieces() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write((0..<100).map { UInt8($0) }, to: "file")
        var reader = try FileReader(path: path)
        #expect(reader.name == path)
        var buffer = [UInt8](repeating: 0xEE, count: 80)
        #expect(try reader.read(into: &buffer, 10..<70) == 60)
        #expect(Array(buffer[10..<70]) == (0..<60).map { UInt8($0) })
        #expect(buffer[9] == 0xEE && buffer[70] == 0xEE)
        #expect(try reader.read(into: &buffer, 5..<5) == 0)
        #expect(try reader.read(into: &buffer, 0..<80) == 40)
        #expect(buffer[0] == 60 && buffer[39] == 99)
        #expect(try reader.read(into: &buffer, 0..<80) == 0)
    }

    @Test("what cannot be opened or read says why")
    func errors() throws {
        do throws(SystemError) {
            _ = try FileReader(path: "/no such folder/file")
            Issue.record("a missing file was opened")
        } catch {
            #expect(error.isMissing && !error.isDirectory && error.subject == "/no such folder/file")
        }
        var folder = try FileReader(path: "/")
        var buffer = [UInt8](repeating: 0, count: 8)
        do throws(SystemError) {
            _ = try folder.read(into: &buffer, 0..<8)
            Issue.record("a folder was read")
        } catch {
            #expect(error.isDirectory && error.action == "read")
        }
    }

    @Test("standard input has a name")
    func standardInput() throws {
        #expect(try FileReader(path: "-").name == "standard input")
    }
}
