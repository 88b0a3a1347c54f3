package import StatsModel
import StatsWire

/// Sending again what the receiver lacks.
extension ClientPipeline {
    /// Takes a datagram that came back from the receiver. False where it is no acknowledgement of this session, or its
    /// checksum fails; then nothing happened.
    ///
    /// O(bytes), O(packets kept).
    @discardableResult
    package mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool {
        guard isRepairing, let header = try? PacketHeader(decoding: datagram), header.session == session,
            let answer = Acknowledgement(decoding: datagram, header: header), answer.highest <= books.packetsSent
        else { return false }
        // What the poll showed last may go.
        polled = .nothing
        retransmission?.handle(answer, in: datagram, at: now)
        if isStating { handleHeardLoss(at: now) }
        return true
    }

    /// Whether a packet is kept until the receiver acknowledges it, or something is to be sent again.
    package var awaitsAnswer: Bool { retransmission?.isOwed == true }

    /// Nothing is sent again from now on; what was not acknowledged is counted as unconfirmed.
    package mutating func giveUpRepair() {
        polled = .nothing
        retransmission?.giveUp()
    }

    /// What was sent again, and why.
    package var repairCounts: RepairCounts { retransmission?.counts ?? RepairCounts() }

    mutating func noteCritical(_ metric: MetricID) {
        if !openIsCritical, priority(of: metric) == .critical { openIsCritical = true }
    }

    func dataFlags(_ sequence: UInt64) -> PacketFlags {
        retransmission?.wantsAcknowledgement(sequence, isCritical: openIsCritical) == true ? .wantsAcknowledgement : []
    }

    mutating func keepForRepair(_ packet: OutgoingPacket, at now: Instant) {
        let isCritical = openIsCritical
        batcher.withBytes { retransmission?.store(packet, isCritical: isCritical, $0, at: now) }
    }

    mutating func pollAgain(at now: Instant) -> OutgoingPacket? {
        let isSaid = isSaid
        guard let again = retransmission?.poll(at: now, isClosing: isSaid) else { return nil }
        polled = .again(again.memory, index: again.index)
        return again.packet
    }

    /// Everything was said once: whether to ask the receiver for an answer now.
    mutating func pollProbe(at now: Instant) -> Bool {
        guard isSaid, retransmission?.needsAnswer == true else { return false }
        retransmission?.linger(at: now)
        guard retransmission?.isWaiting(at: now) == true else {
            retransmission?.giveUp()
            return false
        }
        return retransmission?.pollProbe(at: now) == true
    }

    /// Whether nothing is to be waited for any more.
    var isAnswered: Bool { retransmission?.needsAnswer != true }

    var repairDeadline: Instant? {
        guard let due = retransmission?.deadline else { return nil }
        // What lingers gives up only once everything else is said: until then the end of its time makes nothing due.
        guard isSaid, let end = retransmission?.lingerDeadline else { return due }
        return min(due, end)
    }
}
