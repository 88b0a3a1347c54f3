import StatsPipeline
import StatsWire

/// Packets and bytes on the wire, by what they are for, as the harness counts them: each kind of mitigation by itself, to be
/// held against the data sent once.
package struct MitigationCosts: Sendable, Equatable {
    package struct Traffic: Sendable, Equatable {
        package var packets: UInt64 = 0
        package var bytes: UInt64 = 0

        package init() {}

        mutating func record(_ byteCount: Int) {
            packets += 1
            bytes += UInt64(byteCount)
        }
    }

    /// Data packets, each counted once.
    package var data = Traffic()
    /// Second copies of critical packets, or of all.
    package var copies = Traffic()
    /// Packets sent again, because the receiver asked or did not acknowledge them.
    package var again = Traffic()
    /// What the receiver sends back: what it lacks, and what it has.
    package var acknowledgements = Traffic()
    package var parity = Traffic()
    /// Heartbeats that tell running totals, and of closing packets the bytes of those.
    package var statements = Traffic()
    /// Heartbeats and closing packets.
    package var reports = Traffic()

    package init() {}

    /// A packet left the client.
    mutating func recordSent(_ packet: OutgoingPacket, bytes: Span<UInt8>) {
        switch packet.kind {
        case .data where packet.copy == 0: data.record(packet.byteCount)
        case .data:
            // Told by what stands in the packet, not by what the client says of it.
            let isAgain = PacketHeader(unverified: bytes)?.knownFlags.contains(.isSentAgain) == true
            if isAgain { again.record(packet.byteCount) } else { copies.record(packet.byteCount) }
        case .parity: parity.record(packet.byteCount)
        case .heartbeat, .closing: recordReport(packet)
        case .acknowledgement: acknowledgements.record(packet.byteCount)
        }
    }

    private mutating func recordReport(_ packet: OutgoingPacket) {
        let stated = Self.statementBytes(of: packet)
        if stated > 0 { statements.record(stated) }
        if stated < packet.byteCount { reports.record(packet.byteCount - stated) }
    }

    /// What of a packet's bytes running totals cause: all of a heartbeat that tells some, since it goes out for them, and of
    /// a closing packet those behind its report.
    private static func statementBytes(of packet: OutgoingPacket) -> Int {
        let plain = PacketHeader.byteCount + TotalsReport.byteCount
        switch packet.kind {
        case .heartbeat: return packet.byteCount > plain ? packet.byteCount : 0
        case .closing: return packet.byteCount - plain
        case .data, .parity, .acknowledgement: return 0
        }
    }

    /// Bytes of data and reports: what a client without any mitigation sends.
    package var sentOnce: UInt64 { data.bytes + reports.bytes }

    /// Bytes that no client without any mitigation would have caused, both ways, in percent of ``sentOnce``.
    package var overheadPercent: Double {
        let extra = copies.bytes + again.bytes + acknowledgements.bytes + parity.bytes + statements.bytes
        return sentOnce == 0 ? 0 : Double(extra) * 100 / Double(sentOnce)
    }

    /// Bytes of one kind in percent of the data's; 0 where no data was sent.
    package func percent(_ traffic: Traffic) -> Double {
        data.bytes == 0 ? 0 : Double(traffic.bytes) * 100 / Double(data.bytes)
    }
}
