package import StatsModel

/// A link of limited rate with a queue in front of it, like netem's `rate` and `limit`, or a token bucket of one packet.
package struct Bottleneck: Hashable, Sendable {
    /// The queue's limit, the packet being sent included. Packets beyond it are dropped (tail drop).
    package enum Queue: Hashable, Sendable {
        case packets(Int)
        case bytes(Int)

        /// netem's own default.
        package static let standard = Queue.packets(1000)
    }

    package var rate: BitRate
    package var queue: Queue

    package init(rate: BitRate, queue: Queue = .standard) {
        self.rate = rate
        self.queue = queue
    }
}

extension Bottleneck.Queue: CustomStringConvertible {
    /// Reads `100` (packets) or a size with its unit, such as `64KiB`. Errors: ``UnitError``.
    package init(parsing text: String) throws(UnitError) {
        if let packets = Int(text) {
            guard packets >= 1, packets <= 1 << 20 else {
                throw UnitError(text: text, expected: "a queue of 1 to 1048576 packets")
            }
            self = .packets(packets)
            return
        }
        let bytes: Int
        do throws(UnitError) {
            bytes = try ByteCount(parsing: text).bytes
        } catch {
            throw UnitError(text: text, expected: "a queue: a number of packets such as 100, or a size such as 64KiB")
        }
        guard bytes >= 1500, bytes <= 1 << 30 else {
            throw UnitError(text: text, expected: "a queue of 1500B to 1GiB: less holds not even one packet")
        }
        self = .bytes(bytes)
    }

    /// The text in the form that ``init(parsing:)`` reads: `100`, `65536B`.
    package var description: String {
        switch self {
        case .packets(let count): "\(count)"
        case .bytes(let count): "\(count)B"
        }
    }
}

/// The queue as a machine: the time at which each packet has left the link, exact to the nanosecond over any number of packets.
struct BottleneckQueue: Sendable {
    private let configuration: Bottleneck
    /// Packets that wait or are being sent, the oldest at `head`; bounded by the queue's limit.
    private var waiting: [(departure: Instant, bytes: Int)] = []
    private var head = 0
    private var waitingBytes = 0
    private var busyUntil = Instant.start
    /// The remainder of the last division by the rate, so that rounding errors do not add up.
    private var remainder: UInt64 = 0

    init(_ configuration: Bottleneck) { self.configuration = configuration }

    /// The time when the last bit of a packet of `bytes` bytes has left; nil if the queue is full. Amortised O(1).
    mutating func admit(_ bytes: Int, at now: Instant) -> Instant? {
        while head < waiting.count, waiting[head].departure <= now {
            waitingBytes -= waiting[head].bytes
            head += 1
        }
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256, head * 2 >= waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
        switch configuration.queue {
        case .packets(let limit): if waiting.count - head >= limit { return nil }
        case .bytes(let limit): if waitingBytes + bytes > limit { return nil }
        }
        if busyUntil <= now { remainder = 0 }
        let rate = configuration.rate.bitsPerSecond
        // At most 65 535 fragments of 65 535 bytes: below 2^36 bits, and below 2^66 with the 10^9 in full width.
        let product = (UInt64(bytes) * 8).multipliedFullWidth(by: 1_000_000_000)
        let (low, overflow) = product.low.addingReportingOverflow(remainder)
        let (time, rest) = rate.dividingFullWidth((product.high + (overflow ? 1 : 0), low))
        remainder = rest
        busyUntil = max(busyUntil, now) + Nanoseconds(Int64(clamping: time))
        waiting.append((busyUntil, bytes))
        waitingBytes += bytes
        return busyUntil
    }
}
