import StatsModel
import StatsWire

/// The outgoing packets and their order.
extension Mitigations {
    /// The result of a poll.
    enum Next {
        case nothing
        /// A complete packet. ``Mitigations/withBytes(_:)`` shows its bytes until the next poll.
        case packet(OutgoingPacket)
        /// A report, which ``Mitigations/seal(_:saying:of:at:timestamp:)`` builds from the client's counts.
        case report(Report)
    }

    enum Report {
        case heartbeat
        /// A heartbeat with running totals.
        case runningTotals
        case closing(hasTotals: Bool)
    }

    /// The next packet that goes out before the next data packet.
    ///
    /// Running totals and heartbeats go first, so that they are sent even under load. Second copies, retransmissions and parity
    /// packets follow.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970, for the packet's header
    ///   - isPacketOpen: a data packet that is not sealed yet holds an event; running totals wait for it
    ///   - isDataOut: the client is closing, and no event waits any more
    @inline(__always)
    mutating func pollAheadOfData(at now: Instant, timestamp: UInt64, isPacketOpen: Bool, isDataOut: Bool) -> Next {
        if !isPacketOpen, !runningTotals.isQuiet, runningTotals.poll(at: now) { return .report(.runningTotals) }
        if reports.pollHeartbeat(at: now) { return .report(.heartbeat) }
        if let due = copies.deadline, now >= due { return .packet(takeCopy()) }
        if !retransmission.isIdle, let packet = pollRetransmission(at: now, isDataOut: isDataOut) { return .packet(packet) }
        if !parity.isIdle, let packet = pollParity(at: now, timestamp: timestamp) { return .packet(packet) }
        return .nothing
    }

    /// The next packet that goes out after all data, at a flush and when the client closes: parity packets of the last block,
    /// closing packets, and then closing packets that request an acknowledgement.
    ///
    /// - Parameter isDataOut: the client is closing or a flush is under way, and no event waits any more
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
        let isEverythingSent = isEverythingSent(isDataOut: isDataOut)
        guard let next = retransmission.poll(at: now, isClosing: isEverythingSent) else { return nil }
        polled = .retransmission(next.memory, index: next.index)
        return next.packet
    }

    private mutating func pollParity(at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        guard let packet = parity.pollParity(at: now, timestamp: timestamp) else { return nil }
        polled = .parity
        return packet
    }

    /// Returns whether a closing packet is to request an acknowledgement now, after everything was sent once. Gives up when the
    /// waiting time is over.
    private mutating func pollProbe(at now: Instant) -> Bool {
        guard isEverythingSent(isDataOut: true), retransmission.needsAnswer else { return false }
        retransmission.linger(at: now)
        guard retransmission.isWaiting(at: now) else {
            retransmission.giveUp()
            return false
        }
        return retransmission.pollProbe(at: now)
    }

    /// Makes the packet of a report that a poll answered. O(metrics sent); allocates nothing.
    ///
    /// - Parameters:
    ///   - totals: the client's counts so far
    ///   - metrics: the catalog with the names of the metrics
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

    /// The same with as many running totals of the present round as fit.
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

    /// The bytes of the packet that was polled last. Traps if there is none.
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
