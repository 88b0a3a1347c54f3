package import StatsModel

/// The receiver's acknowledgements.
extension ClientPipeline {
    /// Whether this client uses the receiver's acknowledgements.
    package var isRepairing: Bool { mitigations.takesAnswers }

    /// Takes a datagram that arrived on the return path. Returns false and changes nothing if the client uses no
    /// acknowledgements, or if the datagram is not an intact acknowledgement of this session for numbers that were sent.
    ///
    /// O(bytes), O(packets kept).
    @discardableResult
    package mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool {
        guard mitigations.handleAcknowledgement(datagram, at: now) else { return false }
        // The packet that was polled last may no longer be kept.
        polled = .nothing
        return true
    }

    /// Whether a critical packet waits for its acknowledgement, or any packet waits for its retransmission.
    package var awaitsAnswer: Bool { mitigations.retransmission.isOwed }

    /// Ends retransmission. Critical packets that were not acknowledged are counted as unconfirmed.
    package mutating func giveUpRepair() {
        polled = .nothing
        mitigations.giveUpRetransmission()
    }
}
