/// Joins IP fragments to datagrams, in bounded memory.
///
/// Bounds: ``mostDatagrams`` waiting, ``mostBytes`` of payload held for them (their lists of pieces take at most twice
/// that again), ``timeout`` on the capture's clock since a datagram's first fragment. The oldest goes first. Of the
/// last ``mostDatagrams`` that became whole the fragments' digests are kept, to know late copies of them.
struct Reassembly {
    enum Answer: Equatable {
        /// The packet waits in a datagram, or was refused with it: it counts in ``tally``.
        case held
        /// The datagram is whole: ``whole`` has it, made of so many packets.
        case whole(packets: UInt64)
    }

    static let mostDatagrams = 1024
    static let mostBytes = 8 << 20
    /// RFC 791 asks for 15 s at least, RFC 8200 for 60 at most; Linux waits for 30.
    static let timeout: Int64 = 30_000_000_000

    /// The datagram last completed: its payload, and what that begins with.
    private(set) var whole: [UInt8] = []
    private(set) var wholeNext: UInt8 = 0
    /// Datagrams refused for overlapping fragments.
    private(set) var refused: UInt64 = 0

    private var partials: [FragmentKey: PartialDatagram] = [:]
    /// In order of arrival; entries whose datagram is gone are passed over.
    private var queue = ArrivalQueue()
    /// Payload bytes held for datagrams that wait, gaps before their furthest fragment included.
    private(set) var heldBytes = 0
    private var serial: UInt64 = 0
    /// Fragments that said again what an earlier one of their waiting datagram had said: left out, and no harm.
    private var repeatedInPlace: UInt64 = 0
    /// Copies of fragments whose datagram was whole when they came, known as such when nothing joined them.
    private var echoes: UInt64 = 0
    /// Packets of datagrams that were given up.
    private var abandoned: UInt64 = 0
    private var waiting: UInt64 = 0
    private var finished: [FragmentKey: FinishedDatagram] = [:]
    private var finishedQueue = ArrivalQueue()

    /// Packets whose datagram is not whole (yet), and fragments said again. O(datagrams waiting).
    var tally: (without: UInt64, repeated: UInt64) {
        var waitingEchoes: UInt64 = 0
        for (key, partial) in partials where isEcho(partial, key) { waitingEchoes &+= partial.packets }
        return (abandoned &+ waiting &- waitingEchoes, repeatedInPlace &+ echoes &+ waitingEchoes)
    }

    /// Takes the fragment in `packet`, of which the whole payload was captured.
    ///
    /// - Parameters:
    ///   - scope: the tunnel it came in (``TunnelPath/scope``)
    ///   - packets: of how many packets it came; 1 but for fragments of fragments in tunnels
    ///
    /// Throws `malformed` for a fragment that can belong to no datagram.
    mutating func add(
        _ packet: Span<UInt8>, _ ip: IPHeader, at time: Int64, scope: UInt64 = 0, packets: UInt64 = 1
    ) throws(SkipReason) -> Answer {
        let count = ip.upper - ip.lower
        let piece = ip.fragmentOffset..<ip.fragmentOffset + count
        // All but the last are a multiple of 8 (RFC 791); none reaches past what a length field can say.
        guard count > 0, piece.upperBound <= IPHeader.longestPayload, !ip.hasMoreFragments || count % 8 == 0 else {
            throw .malformed
        }
        giveUpLate(at: time)
        let key = FragmentKey(ip, scope: scope)
        if let old = partials[key], isLate(old, at: time) { giveUp(key) }
        var partial = partials[key] ?? begin(key, at: time)
        // Taken out while it is worked on, so that its bytes have one owner.
        partials[key] = nil
        let before = (bytes: partial.bytes.count, packets: partial.packets, isRefused: partial.isRefused)
        let answer = partial.add(packet.extracting(ip.lower..<ip.upper), at: piece, ip, packets: packets)
        heldBytes += partial.bytes.count - before.bytes
        waiting &+= partial.packets - before.packets
        if answer == .refused, !before.isRefused { refused += 1 }
        if answer == .repeated { repeatedInPlace += packets }
        guard answer == .whole else {
            partials[key] = partial
            makeRoom()
            return .held
        }
        heldBytes -= partial.bytes.count
        waiting &-= partial.packets
        remember(partial, key)
        whole = partial.bytes
        wholeNext = partial.next
        return .whole(packets: partial.packets)
    }

    private mutating func begin(_ key: FragmentKey, at time: Int64) -> PartialDatagram {
        serial += 1
        queue.append(key, serial: serial)
        return PartialDatagram(arrival: time, serial: serial)
    }

    private func isLate(_ partial: PartialDatagram, at time: Int64) -> Bool {
        let (age, overflow) = time.subtractingReportingOverflow(partial.arrival)
        return overflow || age > Self.timeout
    }

    /// Gives up those at the head of the queue whose time has passed.
    private mutating func giveUpLate(at time: Int64) {
        while let first = queue.first {
            if let partial = waitingPartial(first) {
                guard isLate(partial, at: time) else { return }
                giveUp(first.key)
            }
            queue.removeFirst()
        }
    }

    private func waitingPartial(_ entry: ArrivalQueue.Entry) -> PartialDatagram? {
        guard let partial = partials[entry.key], partial.serial == entry.serial else { return nil }
        return partial
    }

    private mutating func makeRoom() {
        while partials.count > Self.mostDatagrams || heldBytes > Self.mostBytes {
            guard let first = queue.first else { return }
            if waitingPartial(first) != nil { giveUp(first.key) }
            queue.removeFirst()
        }
        // Behind a datagram that waits long, those that became whole leave their entries: cleared once in 1024.
        if queue.count > 2 * Self.mostDatagrams {
            queue.removeAll { [partials] in partials[$0.key]?.serial != $0.serial }
        }
    }

    private mutating func giveUp(_ key: FragmentKey) {
        guard let partial = partials.removeValue(forKey: key) else { return }
        heldBytes -= partial.bytes.count
        waiting &-= partial.packets
        if isEcho(partial, key) { echoes &+= partial.packets } else { abandoned &+= partial.packets }
    }

    private func isEcho(_ partial: PartialDatagram, _ key: FragmentKey) -> Bool {
        guard let before = finished[key] else { return false }
        return partial.isEcho(of: before)
    }

    private mutating func remember(_ partial: PartialDatagram, _ key: FragmentKey) {
        finished[key] =
            partial.packets <= FinishedDatagram.limit
            ? FinishedDatagram(serial: partial.serial, digests: partial.digests) : nil
        finishedQueue.append(key, serial: partial.serial)
        guard finishedQueue.count > Self.mostDatagrams, let oldest = finishedQueue.first else { return }
        if finished[oldest.key]?.serial == oldest.serial { finished[oldest.key] = nil }
        finishedQueue.removeFirst()
    }
}
