import StatsModel

/// Recognises the datagram that a capture shows more than once: on several interfaces, before and behind a router, a bridge
/// or NAT, on `any` as it goes out and as it comes in.
///
/// It is the same if it has the same identity (``DatagramIdentity``) within ``DuplicateRule/window``. Whether that proves
/// anything is ``DuplicateRule``'s. Each vantage point shows a datagram once, so that equal datagrams of one client stay as
/// many as the vantage point saw that saw the most (``PacketSightings``).
///
/// A source address that differs alone is another sender, not NAT: what translates the source forwards the datagram, which
/// changes the interface, the direction or the time to live as well.
///
/// Bounded: ``buckets`` times ``ways`` different datagrams; the one that came first makes room. The kernel's backlog (1000
/// packets) is what lies between two doors at most.
struct SecondSightings {
    private static let buckets = 512
    private static let ways = 8

    /// The key of the digests, new for each reader: datagrams cannot be made to look like each other.
    let seed = UInt64.random(in: .min ... .max)

    private struct Entry {
        var sightings: PacketSightings
        /// The first vantage point's, as ``VantagePoint`` hashes them.
        var source: UInt64
        var path: UInt64
    }

    /// Bucket after bucket; 0 is a free place. Beside ``entries``, so that a search stays on one cache line.
    private var keys: [UInt64] = []
    private var entries: [Entry] = []
    /// Bucket after bucket, which place is filled next: looking for the one longest unseen would touch every entry.
    private var turns: [UInt8] = []

    /// What a datagram that was seen from there at `time`, in nanoseconds of the capture's clock, is. O(1).
    @inline(__always)
    mutating func handle(_ identity: DatagramIdentity, from vantage: VantagePoint, at time: Int64) -> DuplicateRule.Finding {
        if keys.isEmpty { allocate() }
        let key = identity.digest == 0 ? 1 : identity.digest
        let bucket = Int(truncatingIfNeeded: identity.place % UInt64(Self.buckets))
        let first = bucket &* Self.ways
        let (source, path) = (vantage.source(seed), vantage.path(seed))
        // Without an identification the doors of cooked links are what is counted by, whatever else differs.
        let isPlain = !identity.hasIdentification && vantage.door != 0
        let name = isPlain ? vantage.door : vantage.name(seed, path: path, source: source)
        var found: Int?
        for index in first..<first &+ Self.ways {
            if keys[index] == key, entries[index].source == source || entries[index].path != path {
                if entries[index].sightings.isNear(time) {
                    let isSecond = entries[index].sightings.handle(door: name, at: time)
                    return DuplicateRule.finding(
                        isSecond: isSecond, hasIdentification: identity.hasIdentification, isCooked: vantage.door != 0)
                }
                found = index
                break
            }
        }
        let place = found ?? first &+ Int(turns[bucket])
        if found == nil { turns[bucket] = (turns[bucket] &+ 1) % UInt8(Self.ways) }
        keys[place] = key
        entries[place] = Entry(sightings: PacketSightings(door: name, at: time), source: source, path: path)
        return .first
    }

    @inline(never)
    private mutating func allocate() {
        let count = Self.buckets * Self.ways
        keys = [UInt64](repeating: 0, count: count)
        let free = Entry(sightings: PacketSightings(door: 0, at: .min), source: 0, path: 0)
        entries = [Entry](repeating: free, count: count)
        turns = [UInt8](repeating: 0, count: Self.buckets)
    }
}
