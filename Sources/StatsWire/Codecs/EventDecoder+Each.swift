public import StatsModel

extension EventDecoder {
    /// Calls `body` for each remaining event, with the bytes to which its ranges refer. Calls `malformed` for each line or
    /// record that is no event, with its range in the datagram.
    ///
    /// - Parameter bytes: the bytes that `begin` was called with
    ///
    /// O(bytes). It is inlined into the caller, including the closures.
    @inlinable public mutating func forEach(
        _ bytes: Span<UInt8>, _ body: (DecodedEvent, Span<UInt8>) -> Void, malformed: (MalformedReason, ByteRange) -> Void
    ) {
        while true {
            switch next(bytes) {
            case .event(let event):
                if event.isInScratch {
                    let scratch = self.scratch
                    body(event, scratch.span)
                } else {
                    body(event, bytes)
                }
            case .malformed(let reason, let range): malformed(reason, range)
            case .end: return
            }
        }
    }

    /// The largest number of events in a batch.
    @usableFromInline package static let batchLimit = 16

    /// The same with batches of up to ``batchLimit`` consecutive events that refer to the same bytes. A caller that looks up
    /// each event in a table can thus prefetch for a whole batch.
    ///
    /// Events are in the order of the datagram. A malformed line or record may be reported before the events in front of it.
    @inlinable public mutating func forEachBatch(
        _ bytes: Span<UInt8>, _ body: (Span<DecodedEvent>, Span<UInt8>) -> Void,
        malformed: (MalformedReason, ByteRange) -> Void
    ) {
        while true {
            batch.removeAll(keepingCapacity: true)
            var isAtEnd = false
            var isLastInScratch = false
            collecting: while true {
                switch collect(bytes) {
                case .full: break collecting
                case .scratch:
                    isLastInScratch = true
                    break collecting
                case .malformed(let reason, let range): malformed(reason, range)
                case .end:
                    isAtEnd = true
                    break collecting
                }
            }
            let ownCount = batch.count - (isLastInScratch ? 1 : 0)
            if ownCount > 0 { body(batch.span.extracting(0..<ownCount), bytes) }
            if isLastInScratch {
                let scratch = self.scratch
                body(batch.span.extracting(ownCount..<batch.count), scratch.span)
            }
            if isAtEnd { return }
        }
    }

    /// The reason why ``collect(_:)`` stopped.
    @usableFromInline enum Stop {
        case full
        /// The last event refers to ``scratch``, which the next event overwrites.
        case scratch
        case malformed(MalformedReason, ByteRange)
        case end
    }

    /// Collects events into ``batch`` until the batch is full, or the caller has to handle something first.
    @usableFromInline mutating func collect(_ bytes: Span<UInt8>) -> Stop {
        if case .binary(let packetTime, let remaining) = format { collectBinary(bytes, packetTime, remaining) }
        while batch.count < Self.batchLimit {
            switch next(bytes) {
            case .event(let event):
                batch.append(event)
                if event.isInScratch { return .scratch }
            case .malformed(let reason, let range): return .malformed(reason, range)
            case .end: return .end
            }
        }
        return .full
    }

    /// Collects binary records, which are adjacent in the packet. Stops at a malformed record and at the end, which ``next(_:)``
    /// handles.
    private mutating func collectBinary(_ bytes: Span<UInt8>, _ packetTime: Int64, _ count: Int) {
        precondition(end <= bytes.count, "collect a batch from the bytes that were passed to begin")
        var remaining = count
        while batch.count < Self.batchLimit, remaining > 0, position < end,
            case .event(let event, let next) = BinaryRecord.read(bytes, at: position, end: end, packetTime: packetTime)
        {
            batch.append(event)
            position = next
            remaining -= 1
        }
        format = .binary(packetTime: packetTime, remaining: remaining)
    }
}
