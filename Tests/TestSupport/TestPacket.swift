package import StatsModel
package import StatsWire

/// Builds packets byte by byte from the layout in the documentation, with a CRC-32 of its own, so that these tests
/// share no code with the packet builder.
package enum TestPacket {
    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    package static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }

    package static func make(
        _ kind: PacketKind, session: UInt64 = 1, sequence: UInt64, timestamp: UInt64 = 0, payload: [UInt8] = []
    ) -> [UInt8] {
        var bytes = Array("SRP1".utf8) + [kind.rawValue, kind == .data ? 1 : 0]
        append(UInt16(0), to: &bytes)
        append(session, to: &bytes)
        append(sequence, to: &bytes)
        append(timestamp, to: &bytes)
        append(UInt16(payload.count), to: &bytes)
        append(UInt16(0), to: &bytes)
        var checksum: [UInt8] = []
        append(crc32(bytes + [0, 0, 0, 0] + payload), to: &checksum)
        return bytes + checksum + payload
    }

    package static func report(
        _ kind: PacketKind, session: UInt64 = 1, sequence: UInt64, timestamp: UInt64 = 0, packets: UInt64,
        sent: TypeCounts = TypeCounts(), dropped: TypeCounts = TypeCounts()
    ) -> [UInt8] {
        var payload: [UInt8] = []
        append(packets, to: &payload)
        for type in MetricType.allCases { append(sent[type], to: &payload) }
        for type in MetricType.allCases { append(dropped[type], to: &payload) }
        return make(kind, session: session, sequence: sequence, timestamp: timestamp, payload: payload)
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
