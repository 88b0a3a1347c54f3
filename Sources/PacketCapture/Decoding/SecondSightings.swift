import StatsModel

/// Recognises the packet that the `any` interface shows more than once: on loopback as it goes out and as it comes in,
/// on a bridge at each of its ends.
///
/// A sighting is a further one if it is the same packet (addresses, identification, bytes) through another door
/// (interface and direction) within ``PacketSightings/window``. Equal datagrams of one client stay as many as they
/// were. The time to live and the checksums are left out: both may differ between two doors.
///
/// Bounded: ``buckets`` times ``ways`` different packets; the one longest unseen makes room. The kernel's backlog
/// (1000 packets) is what lies between two doors at most.
struct SecondSightings {
    private static let buckets = 1024
    private static let ways = 8

    /// Bucket after bucket; 0 is a free place. Beside ``sightings``, so that a search stays on one cache line.
    private var keys: [UInt64] = []
    private var sightings: [PacketSightings] = []

    /// Whether this is a further sighting of a packet already given. O(1).
    mutating func handle(_ key: UInt64, door: UInt64, at time: Int64) -> Bool {
        if keys.isEmpty {
            keys = [UInt64](repeating: 0, count: Self.buckets * Self.ways)
            sightings = [PacketSightings](
                repeating: PacketSightings(door: 0, at: .min), count: Self.buckets * Self.ways)
        }
        let key = key == 0 ? 1 : key
        let first = Int(truncatingIfNeeded: key % UInt64(Self.buckets)) * Self.ways
        var place = first
        for index in first..<first + Self.ways {
            if keys[index] == key {
                if sightings[index].isNear(time) { return sightings[index].handle(door: door, at: time) }
                place = index
                break
            }
            if sightings[index].latest < sightings[place].latest { place = index }
        }
        keys[place] = key
        sightings[place] = PacketSightings(door: door, at: time)
        return false
    }

    /// What is the same in each sighting of a packet: addresses, identification, place among fragments, ports, payload.
    static func key(_ packet: Span<UInt8>, _ ip: IPHeader, upper: Int) -> UInt64 {
        var state = KeyedRandom.mix(ip.sourceHigh ^ UInt64(ip.identification) << 32 ^ UInt64(ip.fragmentOffset))
        state = KeyedRandom.mix(state ^ ip.sourceLow)
        state = KeyedRandom.mix(state ^ ip.destinationHigh)
        state = KeyedRandom.mix(state ^ ip.destinationLow)
        guard ip.fragmentOffset == 0, upper - ip.lower >= UDPHeader.byteCount else {
            return ByteHash.hash(packet, ip.lower..<upper, state: state)
        }
        // The UDP header's last two bytes are its checksum, which one door may show unfinished.
        state = ByteHash.hash(packet, ip.lower..<ip.lower + 6, state: state)
        return ByteHash.hash(packet, ip.lower + UDPHeader.byteCount..<upper, state: state)
    }
}
