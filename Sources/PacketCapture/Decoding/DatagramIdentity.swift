import StatsModel

/// The parts of a datagram, or of a fragment, that are the same at every vantage point.
///
/// With an identification (IPv4's where it is not 0, or the one in IPv6's fragment header) these are the identification and the
/// payload. Without one they are the source port and the payload. Addresses and ports may be translated on the way, so
/// ``DuplicateTable`` compares them separately. The UDP checksum is left out of both, because it changes with the addresses
/// and may be left to the device.
struct DatagramIdentity {
    let hasIdentification: Bool
    /// A keyed hash of all these parts. A sender that does not know the key cannot make two datagrams look alike.
    let digest: UInt64
    /// The position in a table: an unkeyed hash of the identification or port and of both ends of the payload. Without a key, a
    /// full table forgets the same entries in every run.
    let place: UInt64

    /// A whole datagram. O(payload).
    @inline(__always)
    init(_ packet: Span<UInt8>, _ ip: IPHeader, _ udp: UDPHeader, seed: UInt64) {
        hasIdentification = ip.identification != 0
        let key = hasIdentification ? UInt64(ip.identification) : UInt64(udp.sourcePort) << 32
        digest = ByteHash.hash(packet, udp.lower..<udp.upper, state: KeyedRandom.mix(seed ^ key))
        place = Self.place(packet, udp.lower..<udp.upper, key)
    }

    /// A fragment. Only the first fragment carries ports, so the identity of every fragment contains the addresses.
    init(fragment packet: Span<UInt8>, _ ip: IPHeader, seed: UInt64) {
        hasIdentification = ip.identification != 0
        let more: UInt64 = ip.hasMoreFragments ? 1 << 63 : 0
        let key = UInt64(ip.identification) ^ UInt64(ip.fragmentOffset) << 32 ^ more
        var state = Self.addresses(ip, seed ^ key)
        var lower = ip.lower
        if ip.fragmentOffset == 0, ip.upper - ip.lower >= UDPHeader.byteCount {
            // The last two bytes of the UDP header are its checksum.
            state = ByteHash.hash(packet, lower..<lower + 6, state: state)
            lower += UDPHeader.byteCount
        }
        digest = ByteHash.hash(packet, lower..<ip.upper, state: state)
        place = Self.place(packet, lower..<ip.upper, key)
    }

    private static func addresses(_ ip: IPHeader, _ state: UInt64) -> UInt64 {
        var state = KeyedRandom.mix(state ^ ip.sourceHigh)
        state = KeyedRandom.mix(state ^ ip.sourceLow)
        state = KeyedRandom.mix(state ^ ip.destinationHigh)
        return KeyedRandom.mix(state ^ ip.destinationLow)
    }

    @inline(__always)
    private static func place(_ packet: Span<UInt8>, _ range: Range<Int>, _ key: UInt64) -> UInt64 {
        var ends = UInt64(range.count) << 48
        if range.count >= 8 {
            let raw = unsafe packet.bytes
            ends ^= raw.native64(at: range.lowerBound) &* 0xE703_7ED1_A0B4_28DB ^ raw.native64(at: range.upperBound &- 8)
        } else {
            for index in range { ends = ends << 8 ^ UInt64(packet[index]) }
        }
        // Little-endian on every machine, because the place decides which entries a full table forgets.
        return KeyedRandom.mix(UInt64(littleEndian: ends) ^ key)
    }
}
