import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

/// The accounting of packets that both links of a live client share. It belongs to the worker, and ``LiveProgress`` shows it to
/// other threads.
struct LiveAccounting {
    var progress = LiveProgress()
    var losses = LossAccount()
    var tally = PacketTally()
    /// Outcomes of packets since they were last passed to the pipeline. Kept only if the pipeline wants them.
    var outcomes: [(packet: OutgoingPacket, outcome: SendOutcome)] = []
    let keepsOutcomes: Bool
    /// Whether packets may be retransmitted.
    let mayRepeat: Bool
    /// Data packets that the system took since they were last added to the histograms.
    var samples: [PacketSample] = []
    private var decoder = EventDecoder()

    /// The times at which a packet's events were recorded.
    struct PacketSample {
        var eventCount: Int
        /// The packet's own time, and the time of its first event, in nanoseconds since 1970.
        var opened: Int64
        var recorded: Int64
    }

    init(keepsOutcomes: Bool, mayRepeat: Bool) {
        self.keepsOutcomes = keepsOutcomes
        self.mayRepeat = mayRepeat
        samples.reserveCapacity(4 * LiveWorker.batchLimit)
        if keepsOutcomes { outcomes.reserveCapacity(4 * LiveWorker.batchLimit) }
    }

    /// Records that the system took the packet.
    mutating func recordTaken(_ packet: OutgoingPacket, _ datagram: Span<UInt8>) {
        progress.packets += 1
        progress.bytes += UInt64(packet.byteCount)
        guard packet.kind == .data else { return }
        progress.batches += 1
        if packet.copy == 0 { sample(packet, datagram) }
        recordAttempt(packet)
    }

    private mutating func recordAttempt(_ packet: OutgoingPacket) {
        if packet.copy > 1 {
            losses.recordRepeat(packet.sequence)
        } else if packet.hasCopy || packet.copy > 0 {
            losses.recordAttempt(packet.sequence)
        }
    }

    /// Adds a sample. The first event of a packet is the oldest one, or nearly so.
    private mutating func sample(_ packet: OutgoingPacket, _ datagram: Span<UInt8>) {
        if let contents = packet.contents {
            samples.append(
                PacketSample(eventCount: packet.eventCount, opened: contents.opened, recorded: contents.recorded))
            return
        }
        guard let header = PacketHeader(unverified: datagram) else { return }
        let opened = Int64(bitPattern: header.timestamp)
        decoder.beginPacket(datagram, header: header)
        var recorded = opened
        switch decoder.next(datagram) {
        case .event(let event):
            if !event.flags.contains(.explicitTimestamp), event.hasTimestamp { recorded = event.timestamp }
        case .malformed, .end: break
        }
        samples.append(PacketSample(eventCount: packet.eventCount, opened: opened, recorded: recorded))
    }

    /// Records that the system did not take the packet.
    mutating func recordFailed(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, _ failure: SendFailure) {
        progress.failures[Int(failure.rawValue)] += 1
        guard packet.kind == .data else { return }
        recordAttempt(packet)
        recordLost(packet, datagram)
    }

    /// Records that the system took the packet, and that it came back.
    mutating func recordReturned(_ packet: OutgoingPacket, _ datagram: Span<UInt8>) {
        if packet.kind == .data { recordLost(packet, datagram) }
    }

    private mutating func recordLost(_ packet: OutgoingPacket, _ datagram: Span<UInt8>) {
        let events = tally.count(datagram, of: packet)
        if packet.hasCopy || packet.copy > 0 {
            losses.recordFailure(packet.sequence, events)
        } else if mayRepeat {
            losses.recordFirstFailure(packet.sequence, events)
        } else {
            losses.recordLoss(events)
        }
    }
}
