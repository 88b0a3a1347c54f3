import StatsPipeline
import StatsWire

/// Packets and bytes on the wire by purpose, as counted by the harness. The cost of each kind of mitigation is separate from the
/// data that is sent once.
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

    /// Data packets, first transmissions only.
    package var data = Traffic()
    /// Second copies of critical packets, or of all packets.
    package var copies = Traffic()
    /// Retransmissions that the receiver requested or whose acknowledgement timed out.
    package var retransmissions = Traffic()
    /// The receiver's acknowledgements, with the ranges that it misses.
    package var acknowledgements = Traffic()
    package var parity = Traffic()
    /// Heartbeats with running totals, and in closing packets the bytes of the running totals.
    package var runningTotals = Traffic()
    /// Heartbeats and closing packets without running totals.
    package var reports = Traffic()

    package init() {}

    /// Counts a packet that left the client.
    mutating func recordSent(_ packet: OutgoingPacket, bytes: Span<UInt8>) {
        switch packet.kind {
        case .data where packet.copy == 0: data.record(packet.byteCount)
        case .data:
            // The packet's own flag decides, and not what the client reports.
            let isAgain = PacketHeader(unverified: bytes)?.knownFlags.contains(.isRetransmission) == true
            if isAgain { retransmissions.record(packet.byteCount) } else { copies.record(packet.byteCount) }
        case .parity: parity.record(packet.byteCount)
        case .heartbeat, .closing: recordReport(packet)
        case .acknowledgement: acknowledgements.record(packet.byteCount)
        }
    }

    private mutating func recordReport(_ packet: OutgoingPacket) {
        let stated = Self.runningTotalBytes(of: packet)
        if stated > 0 { runningTotals.record(stated) }
        if stated < packet.byteCount { reports.record(packet.byteCount - stated) }
    }

    /// The bytes of a packet that are caused by running totals. A heartbeat with running totals counts as a whole, since it is
    /// sent for them. In a closing packet the bytes after the report count.
    private static func runningTotalBytes(of packet: OutgoingPacket) -> Int {
        let plain = PacketHeader.byteCount + TotalsReport.byteCount
        switch packet.kind {
        case .heartbeat: return packet.byteCount > plain ? packet.byteCount : 0
        case .closing: return packet.byteCount - plain
        case .data, .parity, .acknowledgement: return 0
        }
    }

    /// Bytes of data and reports, which a client without any mitigation sends.
    package var sentOnce: UInt64 { data.bytes + reports.bytes }

    /// Bytes beyond those of a client without any mitigation, in both directions, in percent of ``sentOnce``.
    package var overheadPercent: Double {
        let extra = copies.bytes + retransmissions.bytes + acknowledgements.bytes + parity.bytes + runningTotals.bytes
        return sentOnce == 0 ? 0 : Double(extra) * 100 / Double(sentOnce)
    }

    /// Bytes of one kind in percent of the data's bytes. 0 if no data was sent.
    package func percent(_ traffic: Traffic) -> Double {
        data.bytes == 0 ? 0 : Double(traffic.bytes) * 100 / Double(data.bytes)
    }
}
