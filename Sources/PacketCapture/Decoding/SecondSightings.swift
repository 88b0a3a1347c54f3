import StatsModel

/// Recognises the datagram that a capture shows more than once: on several interfaces, before and behind a router, a bridge
/// or NAT, on `any` as it goes out and as it comes in.
///
/// It is the same if it has the same identity (``DatagramIdentity``) within ``DuplicateRule/window``. Whether that proves
/// anything is ``DuplicateRule``'s. Each vantage point shows a datagram once, so that equal datagrams of one client stay as
/// many as the vantage point saw that saw the most (``PacketSightings``).
///
/// A source address that differs alone is another sender, not NAT: what translates the source forwards the datagram, which
/// changes the interface, the direction or the time to live as well. What was translated beyond that, a datagram without
/// identification or the source port of one that has it, is the same perhaps (``Sighting/isTranslated(from:)``): it is
/// ``DuplicateRule/Finding/unproven``.
///
/// Bounded: ``mostBuckets`` times ``ways`` different datagrams, reached only where so many come within a window; then the
/// one that came first makes room, and is counted (``forgotten``).
struct SecondSightings {
    private static let leastBuckets = 512
    private static let mostBuckets = 8192
    private static let ways = 8

    /// The key of the digests, new for each reader: datagrams cannot be made to look like each other.
    let seed = UInt64.random(in: .min ... .max)
    /// Datagrams that made room before their window was over.
    private(set) var forgotten: UInt64 = 0
    /// Of those that no longer are in the table.
    private var settledRepeats = RepeatTally()
    private var hasAnonymous = false

    private struct Entry {
        var sightings: PacketSightings
        /// Where it belongs: ``DatagramIdentity/place``.
        var place: UInt64
        /// The first vantage point's, as ``VantagePoint`` hashes them.
        var source: UInt64
        var destination: UInt64
        var position: UInt64
        var sourcePort: UInt16
        var timeToLive: UInt8
        var tunnelDepth: UInt8
        /// Nothing tells a datagram sent twice from one seen twice: no identification, and no interface.
        var isAnonymous: Bool
    }

    /// How often datagrams of which nothing tells whether they were sent or seen again (``Entry/isAnonymous``) were there.
    /// O(the table) where there was one.
    var repeats: RepeatTally {
        var tally = settledRepeats
        guard hasAnonymous else { return tally }
        for index in keys.indices where keys[index] != 0 && entries[index].isAnonymous { tally.add(entries[index].sightings.packets) }
        return tally
    }

    /// One sighting, hashed.
    private struct Sighting {
        let key: UInt64
        let hasIdentification: Bool
        let vantage: VantagePoint
        let source: UInt64
        let destination: UInt64
        let position: UInt64

        /// Whether the entry shows the same flow, or one that a router may have made of it without a doubt.
        @inline(__always)
        func isSame(as entry: Entry) -> Bool {
            if !hasIdentification { return entry.source == source && entry.destination == destination }
            guard entry.sourcePort == vantage.sourcePort else { return false }
            return entry.source == source || entry.position != position || entry.timeToLive != vantage.timeToLive
                || entry.tunnelDepth != vantage.tunnelDepth
        }

        /// Whether NAT may have made this of the entry's datagram: the interface or direction is another, one side's address
        /// is the same, and so is not the time to live. A bridge that translates leaves that as it is; then the datagram came
        /// in again, for a client that sends to two servers does so outwards.
        func isTranslated(from entry: Entry) -> Bool {
            guard entry.position != position else { return false }
            let hasSource = !hasIdentification && entry.source == source
            if entry.timeToLive != vantage.timeToLive { return hasSource || entry.destination == destination }
            return hasSource && vantage.cameIn
        }
    }

    /// Bucket after bucket; 0 is a free place. Beside ``entries``, so that a search stays on one cache line.
    private var keys: [UInt64] = []
    private var entries: [Entry] = []
    /// Bucket after bucket, which place is filled next: looking for the one longest unseen would touch every entry.
    private var turns: [UInt8] = []

    /// What a datagram that was seen from there at `time`, in nanoseconds of the capture's clock, is. O(1).
    @inline(__always)
    mutating func handle(_ identity: DatagramIdentity, from vantage: VantagePoint, at time: Int64) -> DuplicateRule.Finding {
        if keys.isEmpty { allocate(buckets: Self.leastBuckets) }
        let sighting = Sighting(
            key: identity.digest == 0 ? 1 : identity.digest, hasIdentification: identity.hasIdentification, vantage: vantage,
            source: vantage.source(seed), destination: vantage.destination, position: vantage.position)
        let first = bucket(identity.place)
        var found: Int?
        for index in first..<first &+ Self.ways where keys[index] == sighting.key && sighting.isSame(as: entries[index]) {
            if entries[index].sightings.isNear(time) { return again(sighting, index, at: time) }
            found = index
            break
        }
        if found == nil, let index = translated(sighting, first, at: time) {
            let isSecond = entries[index].sightings.handle(door: name(sighting), at: time)
            return isSecond ? .unproven : .first
        }
        let index = found ?? freePlace(identity.place, at: time)
        if keys[index] != 0, entries[index].isAnonymous { settledRepeats.add(entries[index].sightings.packets) }
        keys[index] = sighting.key
        entries[index] = Entry(
            sightings: PacketSightings(door: name(sighting), at: time), place: identity.place, source: sighting.source,
            destination: sighting.destination, position: sighting.position, sourcePort: vantage.sourcePort,
            timeToLive: vantage.timeToLive, tunnelDepth: vantage.tunnelDepth,
            isAnonymous: !sighting.hasIdentification && vantage.hidesInterface)
        if entries[index].isAnonymous { hasAnonymous = true }
        return .first
    }

    /// The flow of the entry at `index`, seen once more.
    @inline(__always)
    private mutating func again(_ sighting: Sighting, _ index: Int, at time: Int64) -> DuplicateRule.Finding {
        let isSecond = entries[index].sightings.handle(door: name(sighting), at: time)
        let vantage = sighting.vantage
        let hasDoor = vantage.door != 0 && !(vantage.hidesInterface && sighting.position == entries[index].position)
        return DuplicateRule.finding(isSecond: isSecond, hasIdentification: sighting.hasIdentification, hasDoor: hasDoor)
    }

    /// What the vantage point is counted as. Without an identification the doors of cooked links are what is counted by,
    /// whatever else differs, if they tell the interface.
    @inline(__always)
    private func name(_ sighting: Sighting) -> UInt64 {
        let vantage = sighting.vantage
        if !sighting.hasIdentification, vantage.door != 0, !vantage.hidesInterface { return vantage.door }
        return vantage.name(source: sighting.source)
    }

    /// The place of a datagram of which NAT may have made this one.
    @inline(__always)
    private func translated(_ sighting: Sighting, _ first: Int, at time: Int64) -> Int? {
        for index in first..<first &+ Self.ways where keys[index] == sighting.key {
            if sighting.isTranslated(from: entries[index]), entries[index].sightings.isNear(time) { return index }
        }
        return nil
    }

    @inline(__always)
    private func bucket(_ place: UInt64) -> Int {
        Int(truncatingIfNeeded: place & UInt64(turns.count &- 1)) &* Self.ways
    }

    /// The place to fill next. Where it holds a datagram whose window is not over, the table grows, as far as it may.
    @inline(__always)
    private mutating func freePlace(_ place: UInt64, at time: Int64) -> Int {
        let first = bucket(place)
        let turn = turns[first / Self.ways]
        let index = first &+ Int(turn)
        if keys[index] != 0, entries[index].sightings.isNear(time) { return makeRoom(place, at: time) }
        turns[first / Self.ways] = (turn &+ 1) % UInt8(Self.ways)
        return index
    }

    @inline(never)
    private mutating func makeRoom(_ place: UInt64, at time: Int64) -> Int {
        let first = bucket(place)
        for index in first..<first + Self.ways where !entries[index].sightings.isNear(time) { return index }
        while turns.count < Self.mostBuckets {
            let old = (keys, entries)
            allocate(buckets: turns.count * 2)
            for (key, entry) in zip(old.0, old.1) where key != 0 {
                guard entry.sightings.isNear(time) else {
                    if entry.isAnonymous { settledRepeats.add(entry.sightings.packets) }
                    continue
                }
                let index = take(entry.place)
                keys[index] = key
                entries[index] = entry
            }
            let index = bucket(place) + Int(turns[bucket(place) / Self.ways])
            if keys[index] == 0 { return take(place) }
        }
        forgotten &+= 1
        return take(place)
    }

    private mutating func take(_ place: UInt64) -> Int {
        let bucket = bucket(place) / Self.ways
        defer { turns[bucket] = (turns[bucket] &+ 1) % UInt8(Self.ways) }
        return bucket * Self.ways + Int(turns[bucket])
    }

    @inline(never)
    private mutating func allocate(buckets: Int) {
        let count = buckets * Self.ways
        keys = [UInt64](repeating: 0, count: count)
        let free = Entry(
            sightings: PacketSightings(door: 0, at: .min), place: 0, source: 0, destination: 0, position: 0, sourcePort: 0,
            timeToLive: 0, tunnelDepth: 0, isAnonymous: false)
        entries = [Entry](repeating: free, count: count)
        turns = [UInt8](repeating: 0, count: buckets)
    }
}
