import Foundation
import PacketCapture
import TestSupport
import Testing

@testable import ReplayEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Captures out of pipes") struct PipedCaptureTests {
    @Test("a pipe beyond the limit is refused, with how much that is and what to do", arguments: [(1000, true), (999, false), (0, true)])
    func limit(limit: Int, fits: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let count = limit == 0 ? 0 : 1000
        let writer = Thread {
            guard let handle = FileHandle(forWritingAtPath: path) else { return }
            try? handle.write(contentsOf: Data(repeating: 7, count: count))
            try? handle.close()
        }
        writer.start()
        do throws(CaptureError) {
            let identity = try CaptureIdentity(reading: path, pipeLimit: UInt64(limit))
            #expect(fits && identity.byteCount == UInt64(count) && identity.spool != nil)
        } catch {
            #expect(!fits && error.kind == .unusable)
            #expect(error.reason.contains("more than 999 bytes") && error.reason.contains("store the capture in a file"))
        }
    }
}
