package import StatsModel

/// What the receiver sends back.
extension ClientPipeline {
    /// Whether the receiver's answers are of any use to this client.
    package var isRepairing: Bool { mitigations.takesAnswers }

    /// Takes a datagram that came back from the receiver. False where it is no acknowledgement of this session, or its
    /// checksum fails; then nothing happened.
    ///
    /// O(bytes), O(packets kept).
    @discardableResult
    package mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool {
        guard mitigations.handleAcknowledgement(datagram, at: now) else { return false }
        // The packet polled last may no longer be kept.
        polled = .nothing
        return true
    }

    /// Whether a packet is kept until the receiver acknowledges it, or waits to be retransmitted.
    package var awaitsAnswer: Bool { mitigations.retransmission.isOwed }

    /// Nothing is retransmitted from now on; packets that were not acknowledged are counted as unconfirmed.
    package mutating func giveUpRepair() {
        polled = .nothing
        mitigations.giveUpRetransmission()
    }
}
