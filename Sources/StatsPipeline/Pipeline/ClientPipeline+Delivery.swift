package import StatsModel
import StatsWire

/// The results of sending, for the circuit breaker, and the end of a client whose breaker is open.
extension ClientPipeline {
    /// Reports the result of sending the packet that was polled last. Ignored without a breaker.
    ///
    /// A packet that failed keeps its number. The pipeline counts no loss for it: the driver that sent it counts its events.
    package mutating func handleSendOutcome(_ outcome: SendOutcome, at now: Instant) {
        guard hasBreaker, let lastPacket else { return }
        handleSendOutcome(outcome, of: lastPacket, at: now)
        self.lastPacket = nil
    }

    /// The same for a driver that polls several packets before it sends them. Call it once for each packet, in the order of
    /// polling.
    package mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at now: Instant) {
        guard let permit = packet.permit else { return }
        switch outcome {
        case .sent: breaker?.recordSuccess(permit, at: now)
        case .failed: breaker?.recordFailure(permit, at: now)
        case .tooLong: breaker?.recordNothing(permit, at: now)
        }
        abandonBehindOpenBreaker(at: now)
    }

    /// Abandons everything that waits if the client is closing and its breaker is open, since nothing can be sent any more.
    mutating func abandonBehindOpenBreaker(at now: Instant) {
        guard hasBreaker, isClosing, breaker?.admits(at: now) == false, breaker?.isOpen == true else { return }
        abandon(as: .circuitOpen, at: now)
    }

    /// Counts everything that waits as lost under this cause, and sends no further packet.
    mutating func abandon(as cause: LossCause, at now: Instant) {
        while let event = buffer.first {
            buffer.removeFirst()
            lose(event, as: cause)
        }
        abandonAggregates(as: cause, at: now)
        if !batcher.isEmpty { loseOpenPacket(as: cause) }
        mitigations.abandon(at: now)
    }

    /// Counts the events of the open packet as lost. Their slots no longer exist, so they are read from the packet.
    private mutating func loseOpenPacket(as cause: LossCause) {
        // The number does not matter, since this packet is never sent.
        let (packet, _) = batcher.seal(session: session, sequence: 0)
        var reader = PacketTally()
        accounting.recordLoss(cause, batcher.withBytes { reader.count($0, of: packet) })
        guard accounting.keepsValues, packet.contents == nil else { return }
        batcher.withBytes { datagram in
            reader.forEachEvent(of: datagram) { event, bytes, _ in
                guard event.type.isMetric,
                    let metric = metrics.known(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
                else { return }
                accounting.recordLostValue(StatEvent(metric: metric, value: event.value, timestamp: 0, rate: event.rate))
            }
        }
    }
}
