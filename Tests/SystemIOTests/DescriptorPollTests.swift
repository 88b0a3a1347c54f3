import Glibc
import StatsModel
import Testing

@testable import SystemIO

@Suite("Waiting for descriptors")
struct DescriptorPollTests {
    /// The two ends of a pipe, closed when the test is over.
    private final class Ends {
        var read: Int32 = -1
        var write: Int32 = -1

        init() {
            if let pipe = try? PipeEnds() { (read, write) = (pipe.readEnd, pipe.writeEnd) }
        }

        func put() {
            var byte: UInt8 = 1
            // One byte of ours.
            _ = unsafe Glibc.write(write, &byte, 1)
        }

        deinit {
            close(read)
            if write >= 0 { close(write) }
        }

        func closeWriter() {
            close(write)
            write = -1
        }
    }

    @Test("each descriptor wakes under its own name")
    func names() throws {
        let (first, second) = (Ends(), Ends())
        #expect(try DescriptorPoll.wait(first.read, second.read, timeout: .zero) == [])
        first.put()
        #expect(try DescriptorPoll.wait(first.read, second.read, timeout: nil) == [.first])
        second.put()
        #expect(try DescriptorPoll.wait(first.read, second.read, timeout: nil) == [.first, .second])
    }

    @Test("a device that ends is distinguished from one that has something")
    func hangUp() throws {
        let (first, second) = (Ends(), Ends())
        first.closeWriter()
        #expect(try DescriptorPoll.wait(first.read, second.read, timeout: nil) == [.firstFailed])
    }

    @Test("a wait ends no earlier than its time, rounded up to a millisecond")
    func timeout() throws {
        let (first, second) = (Ends(), Ends())
        let clock = SystemClock()
        #expect(try DescriptorPoll.wait(first.read, second.read, timeout: .microseconds(2100)) == [])
        #expect(clock.now - .start >= .microseconds(2100))
    }
}
