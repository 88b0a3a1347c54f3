import StatsModel
import StatsWire

/// What goes out, in which order.
extension Mitigations {
    /// What a poll answers.
    enum Next {
        case nothing
        /// Its bytes through ``Mitigations/withBytes(_:)``, until the next poll.
        case packet(OutgoingPacket)
        /// To be sealed by ``Mitigations/seal(_:saying:of:at:timestamp:)``, with what the client has counted.
        case report(Report)
    }

    enum Report {
        case heartbeat
        /// Running totals, which are a heartbeat too.
        case runningTotals
        case closing(hasTotals: Bool)
    }

    /// What goes out in front of the next data packet.
    ///
    /// Running totals and heartbeats go first, so that no load silences the client, then second copies, retransmissions and
    /// parity packets.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970, for the packet's header
    ///   - isPacketOpen: an event stands in a data packet that is not sealed: running totals wait for it
    ///   - isDataOut: the client closes, and no event waits any more
    @inline(__always)
    mutating func pollAheadOfData(at now: Instant, timestamp: UInt64, isPacketOpen: Bool, isDataOut: Bool) -> Next {
        if !isPacketOpen, !runningTotals.isQuiet, runningTotals.poll(at: now) { return .report(.runningTotals) }
        if reports.pollHeartbeat(at: now) { return .report(.heartbeat) }
        if let due = copies.deadline, now >= due { return .packet(takeCopy()) }
        if !retransmission.isIdle, let packet = pollRetransmission(at: now, isDataOut: isDataOut) { return .packet(packet) }
        if !parity.isIdle, let packet = pollParity(at: now, timestamp: timestamp) { return .packet(packet) }
        return .nothing
    }

    /// What goes out once all data has, at a flush and when the client closes: the parities of the last block, closing
    /// packets, and then closing packets that ask for an answer.
    ///
    /// - Parameter isDataOut: the client closes or a flush is under way, and no event waits any more
    @inline(__always)
    mutating func pollBehindData(at now: Instant, timestamp: UInt64, isDataOut: Bool) -> Next {
        isDataOut ? pollEnd(at: now, timestamp: timestamp) : .nothing
    }

    private mutating func pollEnd(at now: Instant, timestamp: UInt64) -> Next {
        parity.flush(at: now)
        if let packet = pollParity(at: now, timestamp: timestamp) { return .packet(packet) }
        if copies.isEmpty, reports.pollClosing(at: now) { return .report(.closing(hasTotals: runningTotals.pollClosing())) }
        if pollProbe(at: now) {
            return .report(.closing(hasTotals: runningTotals.pollProbe(floor: retransmission.floor)))
        }
        return .nothing
    }

    private mutating func takeCopy() -> OutgoingPacket {
        let (packet, slot) = copies.removeFirst()
        polled = .copy(slot: slot)
        return packet
    }

    private mutating func pollRetransmission(at now: Instant, isDataOut: Bool) -> OutgoingPacket? {
        let isSaid = isSaid(isDataOut: isDataOut)
        guard let next = retransmission.poll(at: now, isClosing: isSaid) else { return nil }
        polled = .retransmission(next.memory, index: next.index)
        return next.packet
    }

    private mutating func pollParity(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        guard let packet = parity.pollParity(at: now, timestamp: timestamp) else { return nil }
        polled = .parity
        return packet
    }

    /// Everything was sent once: whether to ask the receiver for an answer now.
    private mutating func pollProbe(at now: Instant) -> Bool {
        guard isSaid(isDataOut: true), retransmission.needsAnswer else { return false }
        retransmission.linger(at: now)
        guard retransmission.isWaiting(at: now) else {
            retransmission.giveUp()
            return false
        }
        return retransmission.pollProbe(at: now)
    }

    /// Makes the packet of a report that a poll answered. O(metrics told); allocates nothing.
    ///
    /// - Parameters:
    ///   - totals: what the client has counted so far
    ///   - metrics: where running totals find the names of their metrics
    mutating func seal(
        _ report: Report, saying totals: TotalsReport, of metrics: MetricCatalog, at now: Instant, timestamp: UInt64
    ) -> OutgoingPacket {
        switch report {
        case .heartbeat:
            return seal(.heartbeat, saying: totals, timestamp: timestamp)
        case .closing(hasTotals: false):
            return seal(.closing, saying: totals, timestamp: timestamp)
        case .runningTotals:
            reports.handleHeartbeatSent(at: now)
            let packet = seal(.heartbeat, saying: totals, of: metrics, timestamp: timestamp)
            runningTotals.recordSent(byteCount: packet.byteCount)
            return packet
        case .closing(hasTotals: true):
            let packet = seal(.closing, saying: totals, of: metrics, timestamp: timestamp)
            runningTotals.recordSent(byteCount: packet.byteCount - PacketHeader.byteCount - TotalsReport.byteCount)
            return packet
        }
    }

    private mutating func seal(_ kind: PacketKind, saying totals: TotalsReport, timestamp: UInt64) -> OutgoingPacket {
        let byteCount = reportBuilder.sealReport(
            totals, kind: kind, session: session, sequence: newest, timestamp: timestamp)
        polled = .report
        return OutgoingPacket(kind: kind, sequence: newest, eventCount: 0, byteCount: byteCount)
    }

    /// The same with as many running totals of the round under way as fit.
    private mutating func seal(
        _ kind: PacketKind, saying totals: TotalsReport, of metrics: MetricCatalog, timestamp: UInt64
    ) -> OutgoingPacket {
        reportBuilder.beginRunningTotals(timestamp: timestamp)
        runningTotals.fill(&reportBuilder, from: metrics, sequence: newest)
        let byteCount = reportBuilder.sealRunningTotals(
            totals, kind: kind, session: session, sequence: newest, timestamp: timestamp)
        polled = .report
        return OutgoingPacket(kind: kind, sequence: newest, eventCount: 0, byteCount: byteCount)
    }

    /// The bytes of the packet polled last. Traps where none was.
    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch polled {
        case .nothing: preconditionFailure("no packet was polled last")
        case .report: try reportBuilder.withBytes(body)
        case .parity: try parity.withParity(body)
        case .copy(let slot): try copies.withBytes(of: slot, body)
        case .retransmission(let memory, let index): try retransmission.withBytes(memory, index, body)
        }
    }
}
