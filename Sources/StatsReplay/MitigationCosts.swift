import StatsClient
import StatsWire

/// Packets and bytes on the wire, by what they are for, as the harness counts them: each kind of mitigation by itself, to be
/// held against the data sent once.
public struct MitigationCosts: Sendable, Equatable {
    public struct Traffic: Sendable, Equatable {
        public var packets: UInt64 = 0
        public var bytes: UInt64 = 0

        public init() {}

        mutating func record(_ byteCount: Int) {
            packets += 1
            bytes += UInt64(byteCount)
        }
    }

    /// Data packets, each counted once.
    public var data = Traffic()
    /// Second copies of critical packets, or of all.
    public var copies = Traffic()
    /// Packets sent again, because the receiver asked or did not acknowledge them.
    public var again = Traffic()
    /// What the receiver sends back: what it lacks, and what it has.
    public var acknowledgements = Traffic()
    public var parity = Traffic()
    /// Heartbeats and closing packets.
    public var reports = Traffic()

    public init() {}

    /// A packet left the client.
    mutating func recordSent(_ packet: OutgoingPacket, bytes: Span<UInt8>) {
        switch packet.kind {
        case .data where packet.copy == 0: data.record(packet.byteCount)
        case .data:
            // Told by what stands in the packet, not by what the client says of it.
            let isAgain = PacketHeader(unverified: bytes)?.knownFlags.contains(.isSentAgain) == true
            if isAgain { again.record(packet.byteCount) } else { copies.record(packet.byteCount) }
        case .parity: parity.record(packet.byteCount)
        case .heartbeat, .closing: reports.record(packet.byteCount)
        case .acknowledgement: acknowledgements.record(packet.byteCount)
        }
    }

    /// Bytes of one kind in percent of the data's; 0 where no data was sent.
    public func percent(_ traffic: Traffic) -> Double {
        data.bytes == 0 ? 0 : Double(traffic.bytes) * 100 / Double(data.bytes)
    }
}
