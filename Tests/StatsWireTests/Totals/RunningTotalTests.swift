import StatsModel
import StatsWire
import Testing
import TestSupport

/// A running total with its strings.
struct SampleRunningTotal: Equatable {
    var type = MetricType.counter
    var name = Array("a".utf8)
    var tags: [UInt8] = []
    var extra: [UInt8] = []
    var value: UInt64 = (1.0).bitPattern
    var count: UInt64 = 1
    var latest: UInt64 = 1

    func append(to builder: inout PacketBuilder, sequence: UInt64) -> Bool {
        let keys = name + tags + extra
        let (tagsAt, extraAt) = (name.count, name.count + tags.count)
        return builder.append(
            RunningTotal(
                type: type, name: ByteRange(0..<tagsAt), tags: ByteRange(tagsAt..<extraAt),
                extra: ByteRange(extraAt..<keys.count), value: Double(bitPattern: value), count: count, latest: latest),
            keys: keys.span, sequence: sequence)
    }

    init() {}

    init(_ said: RunningTotal, in bytes: [UInt8]) {
        type = said.type
        name = Array(bytes[said.name.range])
        tags = Array(bytes[said.tags.range])
        extra = Array(bytes[said.extra.range])
        value = said.value.bitPattern
        count = said.count
        latest = said.latest
    }

    static func random(_ draws: inout Draws, sequence: UInt64) -> Self {
        func bytes(_ most: UInt64, _ least: UInt64 = 0) -> [UInt8] {
            (0..<least + draws.next() % (most + 1 - least)).map { _ in UInt8(truncatingIfNeeded: draws.next()) }
        }
        var sample = SampleRunningTotal()
        sample.type = draws.next() % 2 == 0 ? .counter : .gauge
        sample.name = bytes(20, 1)
        sample.tags = bytes(12)
        sample.extra = draws.next() % 3 == 0 ? bytes(9) : []
        sample.value = draws.next()
        sample.count = 1 + draws.next() >> (11 + draws.next() % 53)
        sample.latest = sequence - draws.next() % sequence
        return sample
    }
}

struct RunningTotalTests {
    static func read(_ packet: [UInt8]) throws -> (runningTotals: [SampleRunningTotal], faults: [RunningTotalFault]) {
        let header = try PacketHeader(decoding: packet.span)
        var reader = RunningTotalReader(packet.span, header: header)
        var (runningTotals, faults): ([SampleRunningTotal], [RunningTotalFault]) = ([], [])
        while true {
            switch reader.next(packet.span) {
            case .runningTotal(let said): runningTotals.append(SampleRunningTotal(said, in: packet))
            case .malformed(let fault): faults.append(fault)
            case .end: return (runningTotals, faults)
            }
        }
    }

    /// A sound packet with these bytes behind its report.
    static func packet(_ behind: [UInt8], sequence: UInt64 = 10) -> [UInt8] {
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        let report = TotalsReport(packets: sequence, sent: TypeCounts(), dropped: TypeCounts())
        _ = builder.sealReport(report, kind: .heartbeat, session: 1, sequence: sequence, timestamp: 2)
        return Packets.sealed(Packets.bytes(of: builder) + behind)
    }

    @Test("running totals come out as they went in, and a reader of the report alone is not disturbed", arguments: [1, 2, 3, 4, 5])
    func roundTrip(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        for _ in 0..<40 {
            let sequence = 1 + draws.next() >> (draws.next() % 63)
            let report = TotalsReportTests.random(&draws)
            builder.beginRunningTotals(timestamp: 5)
            var samples: [SampleRunningTotal] = []
            while true {
                let sample = SampleRunningTotal.random(&draws, sequence: sequence)
                guard sample.append(to: &builder, sequence: sequence) else { break }
                samples.append(sample)
            }
            let kind = draws.next() % 2 == 0 ? PacketKind.heartbeat : .closing
            let count = builder.sealRunningTotals(report, kind: kind, session: 7, sequence: sequence, timestamp: 5)
            let packet = Packets.bytes(of: builder)
            #expect(packet.count == count && count <= 1472 && samples.count > 10, "seed \(seed)")
            let header = try PacketHeader(decoding: packet.span)
            #expect(header.kind == kind && header.sequence == sequence && header.eventCount == 0)
            #expect(TotalsReport(decoding: packet.span, header: header) == report, "seed \(seed)")
            let (read, faults) = try Self.read(packet)
            #expect(read == samples, "seed \(seed)")
            #expect(faults.isEmpty, "seed \(seed)")
        }
    }

    /// A counter `a`, sum 1, one event, in the packet with the header's own number.
    private static let plain: [UInt8] = [0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 1, 0]

    /// Bytes behind a report, what of them is passed over, and how many running totals are read.
    struct Refusal: Sendable {
        let behind: [UInt8]
        let faults: [RunningTotalFault]
        let read: Int

        init(_ head: [UInt8], _ parts: [[UInt8]], _ faults: [RunningTotalFault], read: Int) {
            behind = parts.reduce(head) { $0 + $1 }
            self.faults = faults
            self.read = read
        }
    }

    /// The same with another first byte, another count, another distance.
    private static func first(_ byte: UInt8) -> [UInt8] { [byte] + Array(plain.dropFirst()) }
    private static func count(_ bytes: [UInt8]) -> [UInt8] { Array(plain.dropLast(2)) + bytes + [0] }
    private static let two: [UInt8] = [1, 0, 2, 0]
    private static let one: [UInt8] = [1, 0, 1, 0]

    static let refusals: [Refusal] = [
        Refusal([2, 0, 1, 0], [plain], [.unknownVersion], read: 0),
        Refusal([1, 0], [], [.truncated], read: 0),
        Refusal(two, [plain], [.truncated], read: 1),
        Refusal(one, [Array(plain.dropLast())], [.truncated], read: 0),
        Refusal(two, [first(0x20), plain], [.bad], read: 0),
        Refusal(two, [first(2), plain], [.unknownType], read: 1),
        Refusal(two, [first(15), plain], [.unknownType], read: 1),
        Refusal(two, [[0, 0, 0, 0, 0], Array(plain.dropFirst(6)), plain], [.emptyName], read: 1),
        Refusal(two, [count([0]), plain], [.badCount], read: 1),
        Refusal(two, [count([0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]), plain], [.badCount], read: 1),
        Refusal(two, [Array(plain.dropLast()) + [10], plain], [.badPacket], read: 1),
        Refusal(two, [count(Array(repeating: 0x80, count: 9) + [2]), plain], [.bad], read: 0),
        Refusal(one, [first(0x10), [9, 0, 1]], [.truncated], read: 0),
        Refusal([1, 99, 1, 0], [plain, plain], [], read: 1),
        Refusal([1, 0, 0, 0], [plain], [], read: 0),
        Refusal([], [], [], read: 0),
    ]

    @Test("an impossible running total is refused by name, and the next one is read if there is one", arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        let (read, found) = try Self.read(Self.packet(refusal.behind))
        #expect(found == refusal.faults)
        #expect(read.count == refusal.read)
    }

    @Test("the highest count and the first packet of all are said and read")
    func bounds() throws {
        var sample = SampleRunningTotal()
        sample.count = RunningTotal.largestCount
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        builder.beginRunningTotals(timestamp: 0)
        let isIn = sample.append(to: &builder, sequence: .max)
        #expect(isIn)
        let report = TotalsReport(packets: 0, sent: TypeCounts(), dropped: TypeCounts())
        _ = builder.sealRunningTotals(report, kind: .closing, session: 1, sequence: .max, timestamp: 0)
        #expect(try Self.read(Packets.bytes(of: builder)).runningTotals == [sample])
    }

    @Test("any bytes behind a report are read to an end, inside them", arguments: [11, 12, 13])
    func anything(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        for _ in 0..<500 {
            var bytes: [UInt8] = [1, 0, UInt8(draws.next() % 40), 0]
            for _ in 0..<draws.next() % 300 { bytes.append(UInt8(truncatingIfNeeded: draws.next() >> (draws.next() % 8))) }
            let (read, faults) = try Self.read(Self.packet(bytes))
            #expect(read.count + faults.count <= Int(bytes[2]), "seed \(seed)")
            for said in read {
                #expect(said.latest >= 1 && said.latest <= 10 && said.count >= 1 && !said.name.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test("the example on the page is what the encoder makes, to the byte")
    func example() throws {
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        builder.beginRunningTotals(timestamp: UInt64(Packets.time))
        var counter = SampleRunningTotal()
        counter.name = Array("http.requests".utf8)
        counter.tags = Array("env:prod".utf8)
        counter.value = (312.5).bitPattern
        counter.count = 300
        counter.latest = 42
        var gauge = SampleRunningTotal()
        gauge.type = .gauge
        gauge.name = Array("queue".utf8)
        gauge.extra = Array("c:ci-1".utf8)
        gauge.value = (7.0).bitPattern
        gauge.count = 12
        gauge.latest = 40
        let areIn = [counter.append(to: &builder, sequence: 42), gauge.append(to: &builder, sequence: 42)]
        #expect(areIn == [true, true])
        let report = TotalsReport(packets: 42, sent: TypeCounts(), dropped: TypeCounts())
        _ = builder.sealRunningTotals(
            report, kind: .heartbeat, session: 0x0123_4567_89AB_CDEF, sequence: 42, timestamp: UInt64(Packets.time))
        #expect(Array(Packets.bytes(of: builder).dropFirst(176)) == (try FormatsTests.bytes("hex running totals")))
    }

    @Test("every reason to ignore a running total stands on the page", arguments: RunningTotalFault.allCases)
    func reasons(_ fault: RunningTotalFault) throws {
        #expect(try #require(FormatsTests.page).contains("`\(fault.name)`"))
    }
}
