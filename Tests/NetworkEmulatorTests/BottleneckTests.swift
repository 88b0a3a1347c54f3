import StatsModel
import Testing

@testable import NetworkEmulator

@Suite struct BottleneckTests {
    private func expect(_ departure: Instant?, _ expected: Instant?) { #expect(departure == expected) }

    @Test("packets leave back to back at the link's rate, to the nanosecond over 100 000 of them", arguments: [3_000_000, 7, 999_999_937] as [UInt64])
    func rate(bitsPerSecond: UInt64) throws {
        var queue = BottleneckQueue(Bottleneck(rate: BitRate(bitsPerSecond: bitsPerSecond), queue: .packets(200_000)))
        var last = Instant.start
        var bits: UInt64 = 0
        for number in 0..<100_000 {
            let bytes = 60 + number % 700
            bits += UInt64(bytes) * 8
            let departure = queue.admit(bytes, at: .start)
            last = try #require(departure)
        }
        let exact = bits.multipliedFullWidth(by: 1_000_000_000)
        let (expected, _) = bitsPerSecond.dividingFullWidth(exact)
        #expect(last.nanoseconds == expected)
    }

    @Test("the queue holds so many packets, the one being sent among them, and drops the tail")
    func packetLimit() {
        // 1000 bits a packet at 1 Mbit/s: one a millisecond.
        var queue = BottleneckQueue(Bottleneck(rate: BitRate(bitsPerSecond: 1_000_000), queue: .packets(3)))
        let times = (0..<5).map { _ in queue.admit(125, at: .start) }
        #expect(times == [1, 2, 3].map { .start + .milliseconds($0) } + [nil, nil])
        expect(queue.admit(125, at: .start + .microseconds(999)), nil)
        expect(queue.admit(125, at: .start + .milliseconds(1)), .start + .milliseconds(4))
        expect(queue.admit(125, at: .start + .milliseconds(50)), .start + .milliseconds(51))
    }

    @Test("a queue in bytes takes what fits and drops what does not")
    func byteLimit() {
        var queue = BottleneckQueue(Bottleneck(rate: BitRate(bitsPerSecond: 8_000), queue: .bytes(1500)))
        expect(queue.admit(1000, at: .start), .start + .seconds(1))
        expect(queue.admit(501, at: .start), nil)
        expect(queue.admit(500, at: .start), .start + .milliseconds(1500))
        expect(queue.admit(500, at: .start + .seconds(1)), .start + .seconds(2))
    }

    @Test("what is written reads back, and what makes no sense is refused", arguments: [
        ("100", "100"), ("64KiB", "65536B"), ("0", nil), ("10B", nil), ("many", nil), ("-1", nil), ("2000000", nil),
    ] as [(String, String?)])
    func words(text: String, canonical: String?) throws {
        guard let canonical else {
            #expect(throws: UnitError.self) { try Bottleneck.Queue(parsing: text) }
            return
        }
        let queue = try Bottleneck.Queue(parsing: text)
        #expect(queue.description == canonical)
        #expect(try Bottleneck.Queue(parsing: canonical) == queue)
    }
}
