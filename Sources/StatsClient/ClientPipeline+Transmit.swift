public import StatsModel
import StatsWire

extension ClientPipeline {
    /// The next datagram that is due at `now`, readable through ``withDatagram(_:)`` until the next poll;
    /// nil when nothing is due. Calling again with nothing to do is safe.
    ///
    /// Events move from the ring into the open packet here. A heartbeat that is due goes first, so that no load
    /// silences the client; closing packets go last, after everything buffered.
    ///
    /// - Parameter epoch: nanoseconds since 1970 at the run's start, for packet timestamps: a data packet carries
    ///   the time when its first event entered it
    ///
    /// O(events moved); allocates nothing.
    public mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket? {
        polled = .nothing
        let timestamp = UInt64(clamping: epoch) &+ now.nanoseconds
        if reports.pollHeartbeat(at: now) { return sealReport(.heartbeat, timestamp: timestamp) }
        fillPacket(timestamp: timestamp)
        if let deadline = batcher.deadline, batcher.isFull || reports.isClosing || isFlushing || now >= deadline {
            return sealData(at: now)
        }
        isFlushing = false
        if isFlushed, reports.pollClosing(at: now) { return sealReport(.closing, timestamp: timestamp) }
        return nil
    }

    /// Moves events from the ring into the open packet until it is full or none is left.
    private mutating func fillPacket(timestamp: UInt64) {
        while !batcher.isFull, let event = ring.consumer.peek() {
            let arrival = arrivals[Int(truncatingIfNeeded: ring.consumer.popped) & (arrivals.count - 1)]
            let result = Self.pack(
                event, metrics: metrics, texts: texts.reader, into: &batcher, arrival: arrival, timestamp: timestamp)
            switch result {
            case .packetFull: return
            case .appended: break
            case .oversize: recordOversize(event)
            }
            if event.text != 0 { texts.reader.giveBack(event.text) }
            ring.consumer.removeFirst()
        }
    }

    /// Adds one slot to the open packet: a metric's key from the catalog, an event's from the text pool.
    private static func pack(
        _ event: StatEvent, metrics: borrowing MetricCatalog, texts: borrowing TextReader,
        into batcher: inout PacketBatcher, arrival: Instant, timestamp: UInt64
    ) -> PacketBuilder.AppendResult {
        let key = metrics.key(of: event.metric)
        if key.type.isMetric {
            return metrics.withArena { keys in
                if event.text == 0 {
                    return batcher.add(
                        event, key: key, keys: keys, text: .empty, texts: Span(), arrival: arrival,
                        timestamp: timestamp)
                }
                return texts.withText(event.text) { texts, ranges in
                    batcher.add(
                        event, key: key, keys: keys, text: ranges.text, texts: texts, arrival: arrival,
                        timestamp: timestamp)
                }
            }
        }
        return texts.withText(event.text) { texts, ranges in
            batcher.add(
                event,
                key: MetricCatalog.Key(key.type, name: ranges.name, tags: ranges.tags, extra: ranges.extra),
                keys: texts, text: ranges.text, texts: texts, arrival: arrival, timestamp: timestamp)
        }
    }

    @inline(never)
    private mutating func recordOversize(_ event: StatEvent) {
        let type = metrics.type(of: event.metric)
        let metricKey = metrics.keyHash(of: event.metric)
        let content: (Span<UInt8>, TextRanges) -> UInt64 = { bytes, ranges in
            EventContent.hash(
                type, metricKey: metricKey, value: event.value, rate: event.rate, timestamp: event.timestamp,
                flags: event.flags, bytes: bytes, name: ranges.name, tags: ranges.tags, extra: ranges.extra,
                text: ranges.text)
        }
        let nowhere = TextRanges(name: .empty, tags: .empty, extra: .empty, text: .empty)
        books.recordLoss(
            .oversize, type,
            content: event.text == 0 ? content(Span(), nowhere) : texts.reader.withText(event.text, content))
    }

    private mutating func sealData(at now: Instant) -> OutgoingPacket {
        let (packet, counts) = batcher.seal(session: session, sequence: books.packetsSent + 1)
        books.recordSent(counts)
        reports.handleDataSent(at: now)
        polled = .data
        return packet
    }

    private mutating func sealReport(_ kind: PacketKind, timestamp: UInt64) -> OutgoingPacket {
        let byteCount = reportBuilder.sealReport(
            books.report, kind: kind, session: session, sequence: books.packetsSent, timestamp: timestamp)
        polled = .report
        return OutgoingPacket(kind: kind, sequence: books.packetsSent, eventCount: 0, byteCount: byteCount)
    }
}
