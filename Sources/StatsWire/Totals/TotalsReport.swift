package import StatsModel

/// A sender's report about itself in heartbeats and closing packets. It counts everything since the session began.
///
/// Payload layout (codec none, 136 bytes, little-endian): data packets sent (8), then the records sent for each of the eight
/// types (8 each), then the records that the client dropped (8 each). Types are in the order of ``MetricType``'s raw values.
package struct TotalsReport: Equatable, Sendable {
    package static let byteCount = 136

    package var packets: UInt64
    package var sent: TypeCounts
    package var dropped: TypeCounts

    package init(packets: UInt64, sent: TypeCounts, dropped: TypeCounts) {
        self.packets = packets
        self.sent = sent
        self.dropped = dropped
    }

    /// Reads the payload of a verified heartbeat or closing packet. nil if it is shorter than the layout.
    package init?(decoding bytes: Span<UInt8>, header: PacketHeader) {
        guard header.kind == .heartbeat || header.kind == .closing,
            bytes.count >= PacketHeader.byteCount + Self.byteCount
        else { return nil }
        var offset = PacketHeader.byteCount
        packets = bytes.little(offset, as: UInt64.self)
        sent = TypeCounts()
        dropped = TypeCounts()
        for type in MetricType.allCases {
            offset += 8
            sent[type] = bytes.little(offset, as: UInt64.self)
        }
        for type in MetricType.allCases {
            offset += 8
            dropped[type] = bytes.little(offset, as: UInt64.self)
        }
    }

    /// Writes the layout at `offset`, where 136 bytes are free.
    func write(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        unsafe buffer.storeLittle(packets, at: offset)
        for type in MetricType.allCases {
            let index = Int(type.rawValue)
            unsafe buffer.storeLittle(sent[type], at: offset + 8 + 8 * index)
            unsafe buffer.storeLittle(dropped[type], at: offset + 72 + 8 * index)
        }
    }
}
