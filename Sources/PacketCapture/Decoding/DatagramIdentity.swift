import StatsModel

/// What is the same wherever a datagram, or a fragment of one, is seen.
///
/// With an identification (IPv4's where it is not 0, or that of IPv6's fragment header): it and the payload. Without one: the
/// source port and the payload. Addresses and ports may be translated on the way, so ``SecondSightings`` compares them. The
/// UDP checksum, which follows the addresses and may be left to the device, is left out of both.
struct DatagramIdentity {
    let hasIdentification: Bool
    /// A keyed hash of all of it: a sender that does not know the key cannot make two datagrams look the same.
    let digest: UInt64
    /// Where it stands in a table: a hash without the key of the identification or the port, and of both ends of the payload, so
    /// that what a full table forgets is the same in every run.
    let place: UInt64

    /// A whole datagram. O(payload).
    @inline(__always)
    init(_ packet: Span<UInt8>, _ ip: IPHeader, _ udp: UDPHeader, seed: UInt64) {
        hasIdentification = ip.identification != 0
        let key = hasIdentification ? UInt64(ip.identification) : UInt64(udp.sourcePort) << 32
        digest = ByteHash.hash(packet, udp.lower..<udp.upper, state: KeyedRandom.mix(seed ^ key))
        place = Self.place(packet, udp.lower..<udp.upper, key)
    }

    /// A fragment. Only the first one carries ports, so that of all of them the addresses are part of it.
    init(fragment packet: Span<UInt8>, _ ip: IPHeader, seed: UInt64) {
        hasIdentification = ip.identification != 0
        let more: UInt64 = ip.hasMoreFragments ? 1 << 63 : 0
        let key = UInt64(ip.identification) ^ UInt64(ip.fragmentOffset) << 32 ^ more
        var state = Self.addresses(ip, seed ^ key)
        var lower = ip.lower
        if ip.fragmentOffset == 0, ip.upper - ip.lower >= UDPHeader.byteCount {
            // The UDP header's last two bytes are its checksum.
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
        // As little-endian words everywhere: the place decides what is forgotten.
        return KeyedRandom.mix(UInt64(littleEndian: ends) ^ key)
    }
}
