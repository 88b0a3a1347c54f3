import StatsModel

/// Recognises duplicate captures of a datagram: on several interfaces, before and after a router, a bridge or NAT, or on `any`
/// both outgoing and incoming.
///
/// Two captures are of the same datagram if they have the same identity (``DatagramIdentity``) within ``DuplicateRule/window``.
/// ``DuplicateRule`` decides whether that is proof. Each vantage point shows a datagram once. So if a client sends several equal
/// datagrams, the vantage point with the most of them gives their number (``VantagePointCounts``).
///
/// If only the source address differs, the datagram comes from another sender, not through NAT. NAT that translates the source
/// also forwards the datagram, which changes the interface, the direction or the time to live. Translation is uncertain
/// (``Observation/isTranslated(from:)``) for a datagram without identification, and where the source port changed as well. Such a
/// datagram is ``DuplicateRule/Finding/unproven``.
///
/// Bounded: ``mostBuckets`` times ``ways`` different datagrams, a size reached only where so many come within a window. Beyond
/// that the oldest is forgotten, and counted (``forgotten``).
struct DuplicateTable {
    private static let leastBuckets = 512
    private static let mostBuckets = 8192
    private static let ways = 8

    /// The key of the digests, new for each reader. A sender cannot make its datagrams look like those of others.
    let seed = UInt64.random(in: .min ... .max)
    /// Datagrams that were forgotten before their window was over.
    private(set) var forgotten: UInt64 = 0
    /// The repeats of datagrams that have left the table.
    private var settledRepeats = RepeatTally()
    private var hasAnonymous = false

    private struct Entry {
        var observations: VantagePointCounts
        /// Its position in the table: ``DatagramIdentity/place``.
        var place: UInt64
        /// The addresses and position of the first vantage point, as ``VantagePoint`` hashes them.
        var source: UInt64
        var destination: UInt64
        var position: UInt64
        var sourcePort: UInt16
        var timeToLive: UInt8
        var tunnelDepth: UInt8
        /// Whether a datagram sent twice looks the same as one captured twice: no identification, and no known interface.
        var isAnonymous: Bool
    }

    /// How often the datagrams appeared that could have been sent twice or captured twice (``Entry/isAnonymous``). O(size of
    /// the table) if there was one.
    var repeats: RepeatTally {
        var tally = settledRepeats
        guard hasAnonymous else { return tally }
        for index in keys.indices where keys[index] != 0 && entries[index].isAnonymous { tally.add(entries[index].observations.packets) }
        return tally
    }

    /// One capture of a datagram, hashed.
    private struct Observation {
        let key: UInt64
        let hasIdentification: Bool
        let vantage: VantagePoint
        let source: UInt64
        let destination: UInt64
        let position: UInt64

        /// Whether the entry shows the same flow, or a flow that a router certainly changed into this one.
        @inline(__always)
        func isSame(as entry: Entry) -> Bool {
            if !hasIdentification { return entry.source == source && entry.destination == destination }
            guard entry.sourcePort == vantage.sourcePort else { return false }
            return entry.source == source || entry.position != position || entry.timeToLive != vantage.timeToLive
                || entry.tunnelDepth != vantage.tunnelDepth
        }

        /// Whether NAT may have changed the entry's datagram into this one. Then the interface or direction differs, the
        /// address of one side is the same, and the time to live differs. A bridge that translates leaves the time to live
        /// alone. Then the datagram must be incoming, because a client that sends the same to two servers shows two outgoing
        /// datagrams.
        func isTranslated(from entry: Entry) -> Bool {
            guard entry.position != position else { return false }
            let hasSource = !hasIdentification && entry.source == source
            if entry.timeToLive != vantage.timeToLive { return hasSource || entry.destination == destination }
            return hasSource && vantage.cameIn
        }
    }

    /// Bucket after bucket; 0 is a free place. Stored apart from ``entries``, so that a search stays on one cache line.
    private var keys: [UInt64] = []
    private var entries: [Entry] = []
    /// For each bucket the place that is filled next. A search for the oldest entry would touch them all.
    private var turns: [UInt8] = []

    /// Judges a datagram seen at this vantage point at `time`, in nanoseconds of the capture's clock. O(1).
    @inline(__always)
    mutating func handle(_ identity: DatagramIdentity, from vantage: VantagePoint, at time: Int64) -> DuplicateRule.Finding {
        if keys.isEmpty { allocate(buckets: Self.leastBuckets) }
        let observation = Observation(
            key: identity.digest == 0 ? 1 : identity.digest, hasIdentification: identity.hasIdentification, vantage: vantage,
            source: vantage.source(seed), destination: vantage.destination, position: vantage.position)
        let first = bucket(identity.place)
        var found: Int?
        for index in first..<first &+ Self.ways where keys[index] == observation.key && observation.isSame(as: entries[index]) {
            if entries[index].observations.isNear(time) { return again(observation, index, at: time) }
            found = index
            break
        }
        if found == nil, let index = translated(observation, first, at: time) {
            let isSecond = entries[index].observations.handle(kernelVantage: name(observation), at: time)
            return isSecond ? .unproven : .first
        }
        let index = found ?? freePlace(identity.place, at: time)
        if keys[index] != 0, entries[index].isAnonymous { settledRepeats.add(entries[index].observations.packets) }
        keys[index] = observation.key
        entries[index] = Entry(
            observations: VantagePointCounts(kernelVantage: name(observation), at: time), place: identity.place, source: observation.source,
            destination: observation.destination, position: observation.position, sourcePort: vantage.sourcePort,
            timeToLive: vantage.timeToLive, tunnelDepth: vantage.tunnelDepth,
            isAnonymous: !observation.hasIdentification && vantage.hidesInterface)
        if entries[index].isAnonymous { hasAnonymous = true }
        return .first
    }

    /// Handles one more capture of the flow at `index`.
    @inline(__always)
    private mutating func again(_ observation: Observation, _ index: Int, at time: Int64) -> DuplicateRule.Finding {
        let isSecond = entries[index].observations.handle(kernelVantage: name(observation), at: time)
        let vantage = observation.vantage
        let hasKernelVantage = vantage.kernelVantage != 0 && !(vantage.hidesInterface && observation.position == entries[index].position)
        return DuplicateRule.finding(isSecond: isSecond, hasIdentification: observation.hasIdentification, hasKernelVantage: hasKernelVantage)
    }

    /// The name under which the vantage point is counted. Without an identification, interface and direction of a cooked link
    /// are the name if they tell the interface; other differences are then ignored.
    @inline(__always)
    private func name(_ observation: Observation) -> UInt64 {
        let vantage = observation.vantage
        if !observation.hasIdentification, vantage.kernelVantage != 0, !vantage.hidesInterface { return vantage.kernelVantage }
        return vantage.name(source: observation.source)
    }

    /// The place of an entry whose datagram NAT may have changed into this one.
    @inline(__always)
    private func translated(_ observation: Observation, _ first: Int, at time: Int64) -> Int? {
        for index in first..<first &+ Self.ways where keys[index] == observation.key {
            if observation.isTranslated(from: entries[index]), entries[index].observations.isNear(time) { return index }
        }
        return nil
    }

    @inline(__always)
    private func bucket(_ place: UInt64) -> Int {
        Int(truncatingIfNeeded: place & UInt64(turns.count &- 1)) &* Self.ways
    }

    /// The place to fill next. If it holds a datagram whose window is not over, the table grows, up to its limit.
    @inline(__always)
    private mutating func freePlace(_ place: UInt64, at time: Int64) -> Int {
        let first = bucket(place)
        let turn = turns[first / Self.ways]
        let index = first &+ Int(turn)
        if keys[index] != 0, entries[index].observations.isNear(time) { return makeRoom(place, at: time) }
        turns[first / Self.ways] = (turn &+ 1) % UInt8(Self.ways)
        return index
    }

    @inline(never)
    private mutating func makeRoom(_ place: UInt64, at time: Int64) -> Int {
        let first = bucket(place)
        for index in first..<first + Self.ways where !entries[index].observations.isNear(time) { return index }
        while turns.count < Self.mostBuckets {
            let old = (keys, entries)
            allocate(buckets: turns.count * 2)
            for (key, entry) in zip(old.0, old.1) where key != 0 {
                guard entry.observations.isNear(time) else {
                    if entry.isAnonymous { settledRepeats.add(entry.observations.packets) }
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
            observations: VantagePointCounts(kernelVantage: 0, at: .min), place: 0, source: 0, destination: 0, position: 0, sourcePort: 0,
            timeToLive: 0, tunnelDepth: 0, isAnonymous: false)
        entries = [Entry](repeating: free, count: count)
        turns = [UInt8](repeating: 0, count: buckets)
    }
}
