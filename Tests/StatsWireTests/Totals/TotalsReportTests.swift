import StatsModel
import StatsWire
import Testing
import TestSupport

struct TotalsReportTests {
    static func random(_ draws: inout Draws) -> TotalsReport {
        var report = TotalsReport(packets: draws.next(), sent: TypeCounts(), dropped: TypeCounts())
        for type in MetricType.allCases {
            report.sent[type] = draws.next()
            report.dropped[type] = draws.next()
        }
        return report
    }

    @Test("a report comes out as it went in, from a heartbeat and a closing packet", arguments: [PacketKind.heartbeat, .closing])
    func roundTrip(_ kind: PacketKind) throws {
        var draws = Draws(seed: 11)
        // A builder for small packets still makes a whole report.
        var builder = PacketBuilder(maximumSize: 64, codec: .none)
        for _ in 0..<50 {
            let report = Self.random(&draws)
            #expect(builder.sealReport(report, kind: kind, session: 7, sequence: 41, timestamp: 5) == 176)
            let bytes = Packets.bytes(of: builder)
            let header = try PacketHeader(decoding: bytes.span)
            #expect(
                header == PacketHeader(
                    kind: kind, codec: .none, eventCount: 0, session: 7, sequence: 41, timestamp: 5, payloadLength: 136))
            #expect(TotalsReport(decoding: bytes.span, header: header) == report)
        }
    }

    @Test("the report lies as documented, to the byte")
    func layout() {
        var report = TotalsReport(packets: 0x0102_0304_0506_0708, sent: TypeCounts(), dropped: TypeCounts())
        for type in MetricType.allCases {
            report.sent[type] = 0x10 + UInt64(type.rawValue)
            report.dropped[type] = 0x20 + UInt64(type.rawValue)
        }
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        _ = builder.sealReport(report, kind: .heartbeat, session: 1, sequence: 2, timestamp: 3)
        var expected: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
        for first in [0x10, 0x20] as [UInt8] {
            for type in 0..<8 as Range<UInt8> { expected += [first + type, 0, 0, 0, 0, 0, 0, 0] }
        }
        #expect(Array(Packets.bytes(of: builder)[40...]) == expected)
    }

    @Test("other kinds and shorter payloads are no report")
    func refused() throws {
        let whole = Packets.packet(payload: Array(repeating: 1, count: 136), .none, eventCount: 0, kind: .closing)
        #expect(TotalsReport(decoding: whole.span, header: try PacketHeader(decoding: whole.span)) != nil)
        let short = Packets.packet(payload: Array(repeating: 1, count: 135), .none, eventCount: 0, kind: .closing)
        #expect(TotalsReport(decoding: short.span, header: try PacketHeader(decoding: short.span)) == nil)
        for kind in [PacketKind.data, .parity, .acknowledgement] {
            let other = Packets.packet(payload: Array(repeating: 1, count: 136), .none, eventCount: 0, kind: kind)
            #expect(TotalsReport(decoding: other.span, header: try PacketHeader(decoding: other.span)) == nil)
        }
    }
}
