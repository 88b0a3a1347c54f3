package import StatsModel
import StatsWire

/// What became of packets, as far as the breaker is concerned, and the end behind an open one.
extension ClientPipeline {
    /// What became of the packet last polled. Without a breaker it does not matter.
    ///
    /// The machine counts nothing for a packet that failed: its number stays used, and whoever sends knows its events.
    package mutating func handleSendOutcome(_ outcome: SendOutcome, at now: Instant) {
        guard hasBreaker, let lastPacket else { return }
        handleSendOutcome(outcome, of: lastPacket, at: now)
        self.lastPacket = nil
    }

    /// The same for a driver that polls several packets before it sends them: once for each, in the order of polling.
    package mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at now: Instant) {
        guard let permit = packet.permit else { return }
        switch outcome {
        case .sent: breaker?.recordSuccess(permit, at: now)
        case .failed: breaker?.recordFailure(permit, at: now)
        case .tooLong: breaker?.recordNothing(permit, at: now)
        }
        abandonBehindOpenBreaker(at: now)
    }

    /// The client closes, and the breaker is open: nothing that waits can go anywhere any more.
    mutating func abandonBehindOpenBreaker(at now: Instant) {
        guard hasBreaker, isClosing, breaker?.admits(at: now) == false, breaker?.isOpen == true else { return }
        abandon(as: .circuitOpen, at: now)
    }

    /// Everything that waits is lost under this cause, and nothing is said any more.
    mutating func abandon(as cause: LossCause, at now: Instant) {
        while let event = buffer.first {
            buffer.removeFirst()
            lose(event, as: cause)
        }
        abandonAggregates(as: cause, at: now)
        if !batcher.isEmpty { loseOpenPacket(as: cause) }
        mitigations.abandon(at: now)
    }

    /// Counts the events of the open packet, whose slots are gone, from its bytes.
    private mutating func loseOpenPacket(as cause: LossCause) {
        // The number does not matter: nobody will see this packet.
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
