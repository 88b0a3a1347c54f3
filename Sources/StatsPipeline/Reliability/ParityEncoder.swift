package import StatsModel
import StatsWire

/// Makes parity packets from the outgoing data packets, so that a receiver can recover lost ones.
///
/// This is a machine without input or output. ``add(_:sequence:at:)`` takes each data packet once, after it is sealed and
/// before it is sent. ``pollParity(at:timestamp:)`` returns the parity packets that are due. A data packet is mixed into the
/// parities at once, and is not kept. The memory is `r · d` times the maximum packet size, allocated at creation.
///
/// **Blocks.** `k · d` consecutive packets form a block of `d` groups. The n-th packet belongs to group `n mod d`. When the
/// block is full, the parities of all groups are sent, one of each group in turn, beginning with the group that the next data
/// packet would join. Any `d` consecutive packets on the wire, including parity packets, therefore belong to `d` different
/// groups.
///
/// **Partial blocks.** A block ends early at ``flush(at:)``, or `maximumAge` after its first packet. Its groups are then joined
/// as long as no group has more than `k` members. With k = 16 and d = 4, eleven packets become one group of eleven instead of
/// four groups of two or three. This costs a quarter of the parity packets.
package struct ParityEncoder: ~Copyable {
    private enum Phase {
        case empty
        /// The `count` packets from number `first` on have been mixed in.
        case filling(first: UInt64, count: Int, since: Instant)
        /// The parities of these packets are being sent, in `groups` groups. The first `next` steps are done.
        case sending(first: UInt64, count: Int, groups: Int, next: Int, since: Instant)
    }

    package let configuration: ParityConfiguration
    private let maximumAge: Nanoseconds
    package let maximumPacketSize: Int
    private let session: UInt64
    private var phase = Phase.empty
    /// The parities of group g are the rows `g * parityCount ..< (g + 1) * parityCount`.
    private var rows: ParityRows
    /// The row that was polled last.
    private var polled: Int?
    /// The number of parity packets that were polled.
    package private(set) var packetsPolled: UInt64 = 0
    /// Bytes of these parity packets.
    package private(set) var bytesPolled: UInt64 = 0
    /// Parity packets that were given up, because the next block began before they were polled, or because the session was
    /// abandoned.
    package private(set) var packetsSkipped: UInt64 = 0
    /// Data packets that were too long to be covered.
    private var packetsUncovered: UInt64 = 0

    /// - Parameter maximumPacketSize: the largest parity packet in bytes; data packets are at least 48 bytes shorter
    ///
    /// Throws the error of ``ParityConfiguration/validate()``. Traps if the size is outside 88...65507.
    package init(configuration: ParityConfiguration, session: UInt64, maximumPacketSize: Int) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        maximumAge = Nanoseconds(configuration.maximumAge)
        self.session = session
        self.maximumPacketSize = maximumPacketSize
        rows = ParityRows(rowCount: configuration.parityCount * configuration.interleave, maximumSize: maximumPacketSize)
    }

    /// Creates an encoder that is off: it covers no packets, has no parity packets, and takes no memory.
    init() {
        configuration = ParityConfiguration(groupSize: 0, parityCount: 0, interleave: 0, maximumAge: .zero)
        maximumAge = .zero
        session = 0
        maximumPacketSize = ParityPacket.overhead + PacketHeader.byteCount
        rows = ParityRows(rowCount: 0, maximumSize: maximumPacketSize)
    }

    var isOff: Bool { rows.rowCount == 0 }

    /// Whether no block is open and no parity packet waits. ``pollParity(at:timestamp:)`` then returns nil.
    var isIdle: Bool {
        @inline(__always) get {
            switch phase {
            case .empty: true
            case .filling, .sending: false
            }
        }
    }

    /// The cost of parity so far.
    var traffic: ParityTraffic {
        ParityTraffic(
            packets: packetsPolled, byteCount: bytesPolled, skipped: packetsSkipped, uncovered: packetsUncovered)
    }

    /// The largest data packet in bytes.
    package var maximumDataSize: Int { rows.maximumDatagramSize }

    /// Takes a data packet of the client when it is sealed.
    ///
    /// A packet with a single event that is longer than a normal packet (``ClientConfiguration/largeEventLimit``) is not
    /// covered: its parity would have to be as long, and with it every row. The block before it ends, since the numbers in a
    /// block are consecutive.
    mutating func add(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        if isOff { return }
        if packet.isLarge {
            packetsUncovered += 1
            flush(at: now)
        } else {
            add(datagram, sequence: packet.sequence, at: now)
        }
    }

    /// Takes a sealed data packet. Second copies must not be added. A new block begins if the number is not one above the one
    /// before, and also if parity packets still wait to be polled. The parity packets of the block before are then given up and
    /// counted. Traps if the packet is longer than ``maximumDataSize``, or if its number is 0. O(r · bytes); allocates nothing.
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

    /// Ends the open block. Its parity packets are due now.
    package mutating func flush(at now: Instant) { endBlock(at: now) }

    /// The time at which the next parity packet is due, or at which the open block ends because of its age. nil if there is
    /// neither.
    package var nextDeadline: Instant? {
        switch phase {
        case .empty: nil
        case .filling(_, _, let since): since + maximumAge
        case .sending(_, _, _, _, let since): since
        }
    }

    /// The number of parity packets that are due now, if no data packet comes before they are polled.
    package var dueCount: Int {
        switch phase {
        case .empty, .filling: 0
        case .sending(_, let count, let groups, let next, _): Self.remaining(
            count: count, groups: groups, parityCount: configuration.parityCount, from: next)
        }
    }

    /// The next parity packet that is due, readable through ``withParity(_:)`` until the next call. nil if none is due. Further
    /// calls with nothing to do are safe. The packet's `sequence` is the first number of its group.
    ///
    /// - Parameter timestamp: nanoseconds since 1970, for the packet's header
    ///
    /// O(bytes) for the checksum; allocates nothing.
    package mutating func pollParity(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        polled = nil
        if case .filling(_, _, let since) = phase, now >= since + maximumAge { endBlock(at: now) }
        guard case .sending(let first, let count, let groups, var next, let since) = phase else { return nil }
        // With fewer packets than groups, the groups without a packet are skipped.
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

    /// The parity packet that was polled last. Traps if there is none.
    package borrowing func withParity<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let polled else { preconditionFailure("no parity packet was polled last") }
        return try rows.withPacket(polled, body)
    }

    private func row(_ group: Int, _ parity: Int) -> Int { group * configuration.parityCount + parity }

    /// Ends the open block. If it is partial, its groups are joined.
    private mutating func endBlock(at now: Instant) {
        guard case .filling(let first, let count, _) = phase else { return }
        let all = configuration.interleave
        // The smallest divisor of the number of open groups that has room for the packets. A factor depends on the packet's
        // number alone, so the sum of two groups' parities is the parity of the joined group.
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

    /// Gives up the open block and the waiting parity packets, and counts those that were not polled as skipped.
    mutating func giveUp() {
        if case .filling = phase { endBlock(at: .start) }
        packetsSkipped += UInt64(dueCount)
        phase = .empty
    }

    /// The group of a step. The first step belongs to the group that the next data packet would have joined.
    private static func group(at step: Int, count: Int, groups: Int) -> Int { (count + step) % groups }

    private static func memberCount(of group: Int, count: Int, groups: Int) -> Int { (count - group + groups - 1) / groups }

    /// The number of parity packets that the steps from `step` on give.
    private static func remaining(count: Int, groups: Int, parityCount: Int, from step: Int) -> Int {
        if count >= groups { return groups * parityCount - step }
        return (step..<max(step, groups * parityCount)).count { group(at: $0, count: count, groups: groups) < count }
    }
}
