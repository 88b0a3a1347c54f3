import Foundation
import Testing

@testable import SystemIO

@Suite("CrashNote") struct CrashNoteTests {
    @Test("a trap tells what the thread was at that trapped, and not what another one was at")
    func trap() async throws {
        let result = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                CrashNote.watch()
                CrashNote.watch()
                let other = Thread {
                    CrashNote.set("the other thread\n")
                    DispatchSemaphore(value: 0).wait()
                }
                other.start()
                CrashNote.set("world 4711\n")
                precondition(ProcessInfo.processInfo.processIdentifier == 0, "this world crashes")
            })
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("world 4711\n") && !text.contains("the other thread"), "\(text)")
    }

    @Test("a note that was taken back is not sent")
    func cleared() async throws {
        let result = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                CrashNote.watch()
                CrashNote.set("world 4711\n")
                CrashNote.clear()
                precondition(ProcessInfo.processInfo.processIdentifier == 0, "this crashes")
            })
        #expect(!String(decoding: result.standardErrorContent, as: UTF8.self).contains("world 4711"))
    }
}
