import StatsModel
import StatsWire

/// Running totals of counters and gauges, told where packets may be lost for good (``MetricStatements``).
extension ClientPipeline {
    /// What was told, and what that cost.
    package var statementCounts: StatementCounts { statements.counts }

    /// An event joined the open packet.
    @inline(__always)
    mutating func state(_ event: StatEvent) {
        let packet = books.packetsSent + 1
        if !statements.record(event, in: packet) { statements.recordUnseen(event, of: metrics, in: packet) }
    }

    /// Whether a packet with statements is due now: never while a data packet is open.
    @inline(__always)
    mutating func pollStatements(at now: Instant) -> Bool { batcher.isEmpty && statements.poll(at: now) }

    /// The next packet of a round, which is a heartbeat too.
    mutating func sealStatements(timestamp: UInt64, at now: Instant) -> OutgoingPacket {
        reports.handleHeartbeatSent(at: now)
        let packet = sealStatements(.heartbeat, timestamp: timestamp)
        statements.recordSent(byteCount: packet.byteCount)
        return packet
    }

    /// A closing packet, with statements where there is a reason.
    mutating func sealClosing(timestamp: UInt64) -> OutgoingPacket {
        guard isStating, statements.pollClosing() else { return sealReport(.closing, timestamp: timestamp) }
        return sealStatedClosing(timestamp: timestamp)
    }

    /// A closing packet that asks for an answer.
    mutating func sealProbe(timestamp: UInt64) -> OutgoingPacket {
        guard isStating, statements.pollProbe(floor: retransmission?.floor ?? 0) else {
            return sealReport(.closing, timestamp: timestamp)
        }
        return sealStatedClosing(timestamp: timestamp)
    }

    private mutating func sealStatedClosing(timestamp: UInt64) -> OutgoingPacket {
        let packet = sealStatements(.closing, timestamp: timestamp)
        statements.recordSent(byteCount: packet.byteCount - PacketHeader.byteCount - TotalsReport.byteCount)
        return packet
    }

    private mutating func sealStatements(_ kind: PacketKind, timestamp: UInt64) -> OutgoingPacket {
        let sequence = books.packetsSent
        reportBuilder.beginStatements(timestamp: timestamp)
        statements.fill(&reportBuilder, from: metrics, sequence: sequence)
        let byteCount = reportBuilder.sealStatements(
            books.report, kind: kind, session: session, sequence: sequence, timestamp: timestamp)
        polled = .report
        return OutgoingPacket(kind: kind, sequence: sequence, eventCount: 0, byteCount: byteCount)
    }

    /// The receiver was heard, and may have named what is lost for good.
    mutating func handleHeardLoss(at now: Instant) {
        statements.handleHeard()
        if let from = retransmission?.takeLost() {
            statements.handleLost(from: from, at: now)
        } else if retransmission?.hasLost == false {
            statements.handleFound()
        }
    }
}
