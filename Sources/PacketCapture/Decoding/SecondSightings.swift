import StatsModel

/// Recognises the packet that the `any` interface shows more than once: on loopback as it goes out and as it comes in,
/// on a bridge at each of its ends.
///
/// A sighting is the second of an earlier one if it is the same packet (addresses, identification, bytes) through
/// another door (interface and direction) within ``window``. Each earlier sighting takes each door once, the
/// oldest first, so that equal datagrams of one client stay as many as they were:
/// out, out, in, in are two. The time to live and the checksums are left out: both may differ between two doors.
///
/// Bounded: the ``capacity`` latest sightings, four doors each.
struct SecondSightings {
    static let capacity = 4096
    /// Between the two sides of a loopback or bridge lies one turn of the kernel's receive work: below a millisecond,
    /// unless the machine is short of processors.
    static let window: Int64 = 10_000_000
    private static let buckets = 2048
    private static let none = Int32(-1)

    private struct Sighting {
        var key: UInt64 = 0
        var time: Int64 = 0
        /// The doors it went through; 0 is none.
        var doors: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        /// The next later sighting in the same bucket.
        var next = SecondSightings.none
    }

    /// A ring; its oldest is overwritten.
    private var ring: [Sighting] = []
    private var heads: [Int32] = []
    private var tails: [Int32] = []
    private var position = 0

    /// Whether this is a further sighting of a packet already given. O(sightings of the same bucket in the ring).
    mutating func handle(_ key: UInt64, door: UInt64, at time: Int64) -> Bool {
        if heads.isEmpty {
            heads = [Int32](repeating: Self.none, count: Self.buckets)
            tails = heads
            ring.reserveCapacity(Self.capacity)
        }
        let bucket = Int(truncatingIfNeeded: key % UInt64(Self.buckets))
        forgetOld(bucket, at: time)
        var index = heads[bucket]
        while index != Self.none {
            let slot = Int(index)
            if ring[slot].key == key, isNear(ring[slot].time, time), take(slot, door) { return true }
            index = ring[slot].next
        }
        append(Sighting(key: key, time: time, doors: (door, 0, 0, 0)), bucket)
        return false
    }

    /// Unlinks what can match no more from the bucket's old end.
    private mutating func forgetOld(_ bucket: Int, at time: Int64) {
        while heads[bucket] != Self.none, !isNear(ring[Int(heads[bucket])].time, time) { unlinkFirst(bucket) }
    }

    private mutating func unlinkFirst(_ bucket: Int) {
        heads[bucket] = ring[Int(heads[bucket])].next
        if heads[bucket] == Self.none { tails[bucket] = Self.none }
    }

    private func isNear(_ a: Int64, _ b: Int64) -> Bool {
        let (distance, overflow) = b.subtractingReportingOverflow(a)
        return !overflow && distance.magnitude <= UInt64(Self.window)
    }

    /// Marks the door; false where this sighting had it already. A fifth door finds no place and is a further sighting.
    private mutating func take(_ slot: Int, _ door: UInt64) -> Bool {
        let doors = ring[slot].doors
        if doors.0 == door || doors.1 == door || doors.2 == door || doors.3 == door { return false }
        if doors.1 == 0 {
            ring[slot].doors.1 = door
        } else if doors.2 == 0 {
            ring[slot].doors.2 = door
        } else if doors.3 == 0 {
            ring[slot].doors.3 = door
        }
        return true
    }

    private mutating func append(_ sighting: Sighting, _ bucket: Int) {
        let slot = position
        if ring.count < Self.capacity {
            ring.append(sighting)
        } else {
            // Buckets are in order of arrival: the ring's oldest is the first of its bucket, or unlinked already.
            let old = Int(truncatingIfNeeded: ring[slot].key % UInt64(Self.buckets))
            if heads[old] == Int32(slot) { unlinkFirst(old) }
            ring[slot] = sighting
        }
        position = (position + 1) % Self.capacity
        if tails[bucket] == Self.none {
            heads[bucket] = Int32(slot)
        } else {
            ring[Int(tails[bucket])].next = Int32(slot)
        }
        tails[bucket] = Int32(slot)
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
