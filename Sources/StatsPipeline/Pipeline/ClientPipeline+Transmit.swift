package import StatsModel
import StatsWire

extension ClientPipeline {
    /// The next datagram that is due at `now`, readable through ``withDatagram(_:)`` until the next poll. nil if nothing is
    /// due, or if the breaker permits nothing. Further calls with nothing to do are safe.
    ///
    /// This moves events into the open packet: from the buffer, and from the aggregator if a flush is due. Due packets of
    /// ``Mitigations`` go first, so that even under load the client does not fall silent. Closing packets go last, after
    /// everything that is buffered.
    ///
    /// - Parameter epoch: nanoseconds since 1970 at the run's start, for timestamps of packets. A data packet carries the time
    ///   at which its first event entered it.
    ///
    /// O(events moved). Allocates nothing, except once under a memory limit for the first event longer than a packet.
    package mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket? {
        polled = .nothing
        guard hasBreaker else { return poll(at: now, epoch: epoch) }
        guard breaker?.admits(at: now) == true else {
            abandonBehindOpenBreaker(at: now)
            return nil
        }
        lastPacket = poll(at: now, epoch: epoch)
        if lastPacket != nil { lastPacket?.permit = breaker?.attempt(at: now) }
        return lastPacket
    }

    @inline(__always)
    private mutating func poll(at now: Instant, epoch: Int64) -> OutgoingPacket? {
        let timestamp = UInt64(clamping: epoch) &+ now.nanoseconds
        let ahead = mitigations.pollAheadOfData(
            at: now, timestamp: timestamp, isPacketOpen: !batcher.isEmpty, isDataOut: isDataOut)
        if let packet = take(ahead, at: now, timestamp: timestamp) { return packet }
        if adaptive != nil, batcher.isEmpty { adaptBatchSize() }
        // A flushed record that found no room in the last packet is older than the buffered events.
        if isAggregating, flushing.hasRecord, let aggregator { _ = packNext(of: aggregator, timestamp: timestamp) }
        fillPacket(timestamp: timestamp)
        if isAggregating, let aggregator { fillFromAggregates(aggregator, timestamp: timestamp, at: now) }
        if let deadline = batcher.deadline, batcher.isFull || isClosing || isFlushing || now >= deadline {
            return sealData(at: now)
        }
        let behind = mitigations.pollBehindData(
            at: now, timestamp: timestamp, isDataOut: (isFlushing || isClosing) && isFlushed)
        if let packet = take(behind, at: now, timestamp: timestamp) { return packet }
        isFlushing = false
        return nil
    }

    @inline(__always)
    private mutating func take(_ next: Mitigations.Next, at now: Instant, timestamp: UInt64) -> OutgoingPacket? {
        switch next {
        case .nothing: return nil
        case .packet(let packet):
            polled = .mitigation
            return packet
        case .report(let report):
            polled = .mitigation
            return mitigations.seal(report, saying: accounting.report, of: metrics, at: now, timestamp: timestamp)
        }
    }

    /// Moves events from the buffer into the open packet until the packet is full or the buffer is empty.
    private mutating func fillPacket(timestamp: UInt64) {
        while !batcher.isFull, let event = buffer.first {
            guard let arrival = buffer.firstArrival else { preconditionFailure("an event that waits has arrived") }
            let result = Self.pack(
                event, metrics: &metrics, texts: texts.reader, into: &batcher, arrival: arrival, timestamp: timestamp)
            switch result {
            case .packetFull:
                return
            case .added:
                buffer.removeFirst()
                if batcher.isText { recordContent(of: event) }
                recordPacked(event)
                if event.text != 0 { texts.reader.giveBack(event.text) }
            case .refused(let cause):
                buffer.removeFirst()
                lose(event, as: cause)
            }
        }
    }

    /// Passes an event that joined the open packet to the mitigations.
    @inline(__always)
    mutating func recordPacked(_ event: StatEvent) {
        if mitigations.asksForPriority, priority(of: event.metric) == .critical { mitigations.handleCritical() }
        if !mitigations.recordEvent(event) { mitigations.recordUnseen(event, of: metrics) }
    }

    private mutating func adaptBatchSize() {
        adaptive?.recordUtilisation(count: buffer.count, capacity: buffer.capacity)
        if let size = adaptive?.batchSize { batcher.batchSize = size }
    }

    /// Adds one slot to the open packet. The key of a metric is in the catalog; that of an event or service check is in the
    /// text pool.
    private static func pack(
        _ slot: StatEvent, metrics: inout MetricCatalog, texts: borrowing TextReader,
        into batcher: inout PacketBatcher, arrival: Instant, timestamp: UInt64
    ) -> PacketBatcher.AddResult {
        let key = metrics.key(of: slot.metric)
        if key.type.isMetric {
            return metrics.withBytes(of: slot.metric) { keys in
                if slot.text == 0 {
                    return batcher.add(
                        slot, key: key, keys: keys, text: .empty, texts: Span(), arrival: arrival,
                        timestamp: timestamp)
                }
                // The count of a set member that stands for several events is stored with its text.
                let count = texts.count(of: slot.text)
                let event =
                    count == 1
                    ? slot
                    : StatEvent(
                        metric: slot.metric, value: slot.value, timestamp: slot.timestamp, rate: slot.rate,
                        count: count, flags: slot.flags)
                return texts.withText(slot.text) { texts, ranges in
                    batcher.add(
                        event, key: key, keys: keys, text: ranges.text, texts: texts, arrival: arrival,
                        timestamp: timestamp)
                }
            }
        }
        return texts.withText(slot.text) { texts, ranges in
            batcher.add(
                slot,
                key: MetricCatalog.Key(key.type, name: ranges.name, tags: ranges.tags, extra: ranges.extra),
                keys: texts, text: ranges.text, texts: texts, arrival: arrival, timestamp: timestamp)
        }
    }

    private mutating func sealData(at now: Instant) -> OutgoingPacket {
        let sequence = accounting.packetsSent + 1
        var (packet, counts) = batcher.seal(session: session, sequence: sequence, flags: mitigations.dataFlags)
        accounting.recordSent(counts)
        if packet.isLarge { accounting.recordLarge(byteCount: packet.byteCount) }
        polled = .data
        batcher.withBytes { mitigations.handleSealed(&packet, $0, at: now) }
        return packet
    }
}
