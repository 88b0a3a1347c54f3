/// Joins IP fragments to datagrams, in bounded memory.
///
/// Bounds: ``mostDatagrams`` incomplete datagrams; ``mostBytes`` of payload for them (their lists of pieces take at most twice
/// that again); ``timeout`` on the capture's clock since a datagram's first fragment. The oldest datagram is given up first. To
/// recognise late copies, the digests of the fragments of the last ``mostDatagrams`` completed datagrams are kept.
struct Reassembly {
    enum Answer: Equatable {
        /// The packet waits in a datagram, or was refused with it; it counts in ``tally``.
        case held
        /// The datagram is complete: ``whole`` holds it, made of `packets` packets.
        case whole(packets: UInt64)
    }

    static let mostDatagrams = 1024
    static let mostBytes = 8 << 20
    /// RFC 791 asks for at least 15 s, RFC 8200 for at most 60; Linux waits 30.
    static let timeout: Int64 = 30_000_000_000

    /// The payload of the datagram last completed, and the protocol it begins with.
    private(set) var whole: [UInt8] = []
    private(set) var wholeNext: UInt8 = 0
    /// Datagrams refused for overlapping fragments.
    private(set) var refused: UInt64 = 0

    private var partials: [FragmentKey: PartialDatagram] = [:]
    /// In order of arrival. Entries whose datagram is gone are skipped.
    private var queue = ArrivalQueue()
    /// Payload bytes held for incomplete datagrams, gaps before their furthest fragment included.
    private(set) var heldBytes = 0
    private var serial: UInt64 = 0
    /// Identical copies of fragments of datagrams that were still incomplete. They are left out, without harm.
    private var repeatedInPlace: UInt64 = 0
    /// Late copies of fragments of completed datagrams, recognised when no other fragment joined them.
    private var lateCopies: UInt64 = 0
    /// Packets of datagrams that were given up.
    private var abandoned: UInt64 = 0
    private var waiting: UInt64 = 0
    private var finished: [FragmentKey: FinishedDatagram] = [:]
    private var finishedQueue = ArrivalQueue()

    /// Packets of datagrams that are not complete (yet), and copies of fragments. O(datagrams waiting).
    var tally: (without: UInt64, repeated: UInt64) {
        var waitingLateCopies: UInt64 = 0
        for (key, partial) in partials where isLateCopy(partial, key) { waitingLateCopies &+= partial.packets }
        return (abandoned &+ waiting &- waitingLateCopies, repeatedInPlace &+ lateCopies &+ waitingLateCopies)
    }

    /// Takes the fragment in `packet`, whose payload was captured completely.
    ///
    /// - Parameters:
    ///   - scope: the tunnel it came in (``TunnelPath/scope``)
    ///   - packets: the number of captured packets it came in; 1 except for fragments of fragments in tunnels
    ///
    /// Throws `malformed` for a fragment that cannot belong to any datagram.
    mutating func add(
        _ packet: Span<UInt8>, _ ip: IPHeader, at time: Int64, scope: UInt64 = 0, packets: UInt64 = 1
    ) throws(SkipReason) -> Answer {
        let count = ip.upper - ip.lower
        let piece = ip.fragmentOffset..<ip.fragmentOffset + count
        // The length of every fragment but the last is a multiple of 8 (RFC 791). No fragment ends beyond what a length field
        // can say.
        guard count > 0, piece.upperBound <= IPHeader.longestPayload, !ip.hasMoreFragments || count % 8 == 0 else {
            throw .malformed
        }
        giveUpLate(at: time)
        let key = FragmentKey(ip, scope: scope)
        if let old = partials[key], isLate(old, at: time) { giveUp(key) }
        var partial = partials[key] ?? begin(key, at: time)
        // Taken out of the table while it is changed, so that its bytes have a single owner and are not copied.
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

    /// Gives up the datagrams at the head of the queue whose time is over.
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
        // Completed datagrams leave entries in the queue while an older one waits. They are cleared once in 1024.
        if queue.count > 2 * Self.mostDatagrams {
            queue.removeAll { [partials] in partials[$0.key]?.serial != $0.serial }
        }
    }

    private mutating func giveUp(_ key: FragmentKey) {
        guard let partial = partials.removeValue(forKey: key) else { return }
        heldBytes -= partial.bytes.count
        waiting &-= partial.packets
        if isLateCopy(partial, key) { lateCopies &+= partial.packets } else { abandoned &+= partial.packets }
    }

    private func isLateCopy(_ partial: PartialDatagram, _ key: FragmentKey) -> Bool {
        guard let before = finished[key] else { return false }
        return partial.isLateCopy(of: before)
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
