import PacketCapture
import StatsModel

/// A small random capture of several senders. It has text and sequenced packets, every type, bursts, idle times, clocks that
/// step, duplicates and malformed lines.
struct WorldCapture: Sendable {
    private(set) var excerpt = CaptureExcerpt()
    /// The number of lines of text that were written, including those that became sequenced packets.
    private(set) var lines = 0

    private struct Item {
        var time: Int64
        var payload: [UInt8]
        var sender: Int
    }

    init(_ dice: inout WorldDice) {
        let budget = dice.scaled(in: 20...700)
        var items: [Item] = []
        for sender in 0..<dice.pick([1, 1, 1, 2, 3]) {
            var words = WorldWords(&dice)
            let texts = Self.times(&dice, count: max(1, budget / max(1, words.linesEach))).map { time in
                (time: time, payload: words.datagram(&dice))
            }
            lines += words.written
            let isSequenced = dice.chance(25)
            let sent = isSequenced ? WorldPackets.datagrams(texts, &dice) : texts
            items += sent.map { Item(time: $0.time, payload: $0.payload, sender: sender) }
        }
        // Sorted by time. Datagrams with the same time stay in the order in which they were made.
        items = items.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        Self.repeatSome(&items, &dice)
        Self.stepClock(&items, &dice)
        let epoch = dice.pick([
            (weight: 6, 1_700_000_000_000_000_000), (weight: 1, 1_700_000_000_123_456_789), (weight: 1, Int64(1)),
            (weight: 1, Int64(4_102_444_800_000_000_000)),
        ])
        for (index, item) in items.enumerated() {
            let datagram = CapturedDatagram(
                timestamp: epoch &+ item.time, packetNumber: UInt64(index + 1),
                source: Endpoint(isIPv6: false, high: 0, low: 0x0A00_0001 + UInt64(item.sender), port: 40_000),
                destination: Endpoint(isIPv6: false, high: 0, low: 0x7F00_0001, port: 8125), payloadCount: item.payload.count,
                wasFragmented: false, isSegmented: false)
            excerpt.append(datagram, item.payload.span)
        }
    }

    /// The times of one sender's datagrams, ascending.
    private static func times(_ dice: inout WorldDice, count: Int) -> [Int64] {
        let mean = dice.scaled(in: 1000...min(200_000_000, 20_000_000_000 / max(1, count)))
        let isBursty = dice.chance(30)
        let isIdle = dice.chance(20)
        var time: Int64 = 0
        var burst = 0
        return (0..<count).map { _ in
            if burst > 0 {
                burst -= 1
            } else {
                time += Int64(dice.below(2 * mean + 1))
                if isBursty, dice.chance(10) { burst = dice.number(in: 2...40) }
                if isIdle, dice.chance(3) { time += dice.time(.milliseconds(100), .seconds(20)).rawValue }
            }
            return time
        }
    }

    /// Repeats some datagrams, as a network between senders and capture may do.
    private static func repeatSome(_ items: inout [Item], _ dice: inout WorldDice) {
        guard dice.chance(25) else { return }
        let percent = dice.number(in: 1...20)
        items = items.flatMap { item in dice.chance(percent) ? [item, item] : [item] }
    }

    /// Sets the capturing machine's clock once or twice.
    private static func stepClock(_ items: inout [Item], _ dice: inout WorldDice) {
        guard items.count > 1, dice.chance(20) else { return }
        for _ in 0..<dice.number(in: 1...2) {
            let place = dice.number(in: 1...items.count - 1)
            let step = dice.time(.microseconds(1), .seconds(30)).rawValue * (dice.chance(60) ? -1 : 1)
            for index in place..<items.count { items[index].time += step }
        }
    }
}
