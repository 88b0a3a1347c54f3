package import StatsModel
import StatsWire

/// Makes parity packets of the data packets that go out, so that a receiver can do without some of them.
///
/// A machine without input or output: ``add(_:sequence:at:)`` takes each data packet once, as it is sealed and before it is
/// sent, ``pollParity(at:timestamp:)`` gives the parity packets that are due. Data packets are mixed into the parities at
/// once, so nothing of them is kept: `r · d` times the maximum packet size is all its memory, fixed when it is made.
///
/// **Blocks.** `k · d` consecutive packets are a block of `d` groups, the n-th packet belonging to group `n mod d`. When the
/// block is full, the parities of all its groups go out, one of each group in turn, beginning with the group whose turn
/// it is: so any `d` consecutive packets on the wire, parities included, are of `d` different groups.
///
/// **Partial blocks.** At ``flush(at:)``, or `maximumAge` after a block's first packet, the block ends as it is. Groups are
/// then joined as far as they keep to `k` members: eleven packets of a client with k = 16 and d = 4 become one group of
/// eleven instead of four of three, which costs a quarter of the parities.
package struct ParityEncoder: ~Copyable {
    private enum Phase {
        case empty
        /// `count` packets from number `first` on have been mixed in.
        case filling(first: UInt64, count: Int, since: Instant)
        /// The parities of these packets go out, in `groups` groups; `next` of them have been looked at.
        case sending(first: UInt64, count: Int, groups: Int, next: Int, since: Instant)
    }

    package let configuration: ParityConfiguration
    private let maximumAge: Nanoseconds
    package let maximumPacketSize: Int
    private let session: UInt64
    private var phase = Phase.empty
    /// Of group g the parities are rows `g * parityCount ..< (g + 1) * parityCount`.
    private var rows: ParityRows
    /// The row polled last.
    private var polled: Int?
    /// Parity packets given out, and their bytes.
    package private(set) var packetsPolled: UInt64 = 0
    package private(set) var bytesPolled: UInt64 = 0
    /// Parity packets given up, because the next block began before they were polled.
    package private(set) var packetsSkipped: UInt64 = 0
    /// Data packets that were too long to be covered.
    private var packetsUncovered: UInt64 = 0

    /// - Parameter maximumPacketSize: bytes of a parity packet at most; data packets are 48 shorter
    ///
    /// Throws what ``ParityConfiguration/validate()`` does. Traps where the size is not in 88...65507.
    package init(configuration: ParityConfiguration, session: UInt64, maximumPacketSize: Int) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        maximumAge = Nanoseconds(configuration.maximumAge)
        self.session = session
        self.maximumPacketSize = maximumPacketSize
        rows = ParityRows(rowCount: configuration.parityCount * configuration.interleave, maximumSize: maximumPacketSize)
    }

    /// An encoder that is off: it covers nothing, has no parities, and takes no memory.
    init() {
        configuration = ParityConfiguration(groupSize: 0, parityCount: 0, interleave: 0, maximumAge: .zero)
        maximumAge = .zero
        session = 0
        maximumPacketSize = ParityPacket.overhead + PacketHeader.byteCount
        rows = ParityRows(rowCount: 0, maximumSize: maximumPacketSize)
    }

    var isOff: Bool { rows.rowCount == 0 }

    /// Whether no packet of an open block waits, and no parity does: ``pollParity(at:timestamp:)`` answers nil.
    var isIdle: Bool {
        @inline(__always) get {
            switch phase {
            case .empty: true
            case .filling, .sending: false
            }
        }
    }

    /// What parity cost so far.
    var traffic: ParityTraffic {
        ParityTraffic(
            packets: packetsPolled, byteCount: bytesPolled, skipped: packetsSkipped, uncovered: packetsUncovered)
    }

    /// Bytes of a data packet at most.
    package var maximumDataSize: Int { rows.maximumDatagramSize }

    /// Takes a data packet of a client as it is sealed.
    ///
    /// A packet of one event that is longer than others (``ClientConfiguration/largeEventLimit``) is covered by none: its
    /// parity would have to be as long, and every row with it. The block in front of it ends, since a block's numbers are
    /// consecutive.
    mutating func add(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        if isOff { return }
        if packet.isLarge {
            packetsUncovered += 1
            flush(at: now)
        } else {
            add(datagram, sequence: packet.sequence, at: now)
        }
    }

    /// Takes a sealed data packet; second copies are none of its business. Numbers climb by one: with any other a new block
    /// begins, as it does while parities wait to be polled, and those of the block before are given up and counted. Traps
    /// where the packet is longer than ``maximumDataSize``, or its number 0. O(r · bytes), allocates nothing.
    package mutating func add(_ datagram: Span<UInt8>, sequence: UInt64, at now: Instant) {
        precondition(sequence >= 1, "data packets count from 1")
        var place = 0
        switch phase {
        case .empty:
            phase = .filling(first: sequence, count: 1, since: now)
        case .filling(let first, let count, let since) where sequence == first &+ UInt64(count):
            place = count
            phase = .filling(first: first, count: count + 1, since: since)
        case .filling, .sending:
            giveUp()
            phase = .filling(first: sequence, count: 1, since: now)
        }
        polled = nil
        let group = place % configuration.interleave
        for parity in 0..<configuration.parityCount {
            let row = row(group, parity)
            if place < configuration.interleave { rows.clear(row) }
            rows.mix(datagram: datagram, times: ParityCode.factor(parity: parity, sequence: sequence), into: row)
        }
        if place + 1 == configuration.groupSize * configuration.interleave { endBlock(at: now) }
    }

    /// Ends the block as it is: its parities are due now.
    package mutating func flush(at now: Instant) { endBlock(at: now) }

    /// When the next parity packet is due, or an open block ends by its age; nil: nothing is under way.
    package var nextDeadline: Instant? {
        switch phase {
        case .empty: nil
        case .filling(_, _, let since): since + maximumAge
        case .sending(_, _, _, _, let since): since
        }
    }

    /// How many parity packets are due now, if no more data comes before they are polled.
    package var dueCount: Int {
        switch phase {
        case .empty, .filling: 0
        case .sending(_, let count, let groups, let next, _): Self.remaining(
            count: count, groups: groups, parityCount: configuration.parityCount, from: next)
        }
    }

    /// The next parity packet that is due, readable through ``withParity(_:)`` until the next call; nil: none is. Calling
    /// again with nothing to do is safe. The packet's `sequence` is its group's first.
    ///
    /// - Parameter timestamp: nanoseconds since 1970, for the packet's header
    ///
    /// O(bytes) for the checksum; allocates nothing.
    package mutating func pollParity(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        polled = nil
        if case .filling(_, _, let since) = phase, now >= since + maximumAge { endBlock(at: now) }
        guard case .sending(let first, let count, let groups, var next, let since) = phase else { return nil }
        // Where there are fewer packets than groups, those without any are passed over.
        while Self.group(at: next, count: count, groups: groups) >= count { next += 1 }
        let (index, group) = (next / groups, Self.group(at: next, count: count, groups: groups))
        next += 1
        let isLast = Self.remaining(count: count, groups: groups, parityCount: configuration.parityCount, from: next) == 0
        phase = isLast ? .empty : .sending(first: first, count: count, groups: groups, next: next, since: since)
        let members = Self.memberCount(of: group, count: count, groups: groups)
        let packet: ParityPacket
        do throws(ParityFault) {
            packet = ParityPacket(
                group: try ParityGroup(first: first + UInt64(group), stride: groups, memberCount: members),
                parityCount: configuration.parityCount, index: index)
        } catch {
            preconditionFailure("a valid configuration gives valid groups")
        }
        let row = row(group, index)
        let byteCount = rows.seal(row, as: packet, session: session, timestamp: timestamp)
        polled = row
        packetsPolled += 1
        bytesPolled += UInt64(byteCount)
        return OutgoingPacket(kind: .parity, sequence: packet.group.first, eventCount: 0, byteCount: byteCount)
    }

    /// The parity packet polled last. Traps where none is.
    package borrowing func withParity<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let polled else { preconditionFailure("no parity packet was polled last") }
        return try rows.withPacket(polled, body)
    }

    private func row(_ group: Int, _ parity: Int) -> Int { group * configuration.parityCount + parity }

    /// Ends a block that is being filled, and joins its groups where it is partial.
    private mutating func endBlock(at now: Instant) {
        guard case .filling(let first, let count, _) = phase else { return }
        let all = configuration.interleave
        // The fewest groups that divide the open ones evenly and hold the packets. A factor depends on the number alone,
        // so the parities of two groups add up to those of both as one.
        var groups = 1
        while all % groups != 0 || count > groups * configuration.groupSize { groups += 1 }
        if groups < all {
            for group in groups..<max(groups, min(all, count)) {
                for parity in 0..<configuration.parityCount {
                    rows.mix(row: row(group, parity), times: 1, into: row(group % groups, parity))
                }
            }
        }
        polled = nil
        phase = .sending(first: first, count: count, groups: groups, next: 0, since: now)
    }

    /// Gives up what is under way, and counts what was not polled: there is no way to anybody who could use it.
    mutating func giveUp() {
        if case .filling = phase { endBlock(at: .start) }
        packetsSkipped += UInt64(dueCount)
        phase = .empty
    }

    /// Whose turn it is: from the group that the next data packet would have gone to.
    private static func group(at step: Int, count: Int, groups: Int) -> Int { (count + step) % groups }

    private static func memberCount(of group: Int, count: Int, groups: Int) -> Int { (count - group + groups - 1) / groups }

    /// How many of the steps from `step` on give a packet.
    private static func remaining(count: Int, groups: Int, parityCount: Int, from step: Int) -> Int {
        if count >= groups { return groups * parityCount - step }
        return (step..<max(step, groups * parityCount)).count { group(at: $0, count: count, groups: groups) < count }
    }
}
