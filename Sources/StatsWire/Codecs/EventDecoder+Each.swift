public import StatsModel

extension EventDecoder {
    /// Calls `body` for each event that is left, with the bytes that its ranges refer to, and `malformed` for each line or record
    /// that is none, with its place in the datagram.
    ///
    /// - Parameter bytes: the bytes that `begin` was called with
    ///
    /// O(bytes). It is inlined, closures included, into the caller.
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

    /// How many events a batch holds at most.
    @usableFromInline package static let batchLimit = 16

    /// The same, several events at a time: as many as ``batchLimit`` that follow each other and refer to the same bytes. So
    /// whoever looks something up for each of them can let the memory fetch it for all at once.
    ///
    /// Events come in the order of the datagram; those refused are told apart from that order.
    @inlinable public mutating func forEachBatch(
        _ bytes: Span<UInt8>, _ body: (Span<DecodedEvent>, Span<UInt8>) -> Void,
        malformed: (MalformedReason, ByteRange) -> Void
    ) {
        while true {
            batch.removeAll(keepingCapacity: true)
            var isAtEnd = false
            var isLastInScratch = false
            collecting: while batch.count < Self.batchLimit {
                switch next(bytes) {
                case .event(let event):
                    batch.append(event)
                    if event.isInScratch {
                        isLastInScratch = true
                        break collecting
                    }
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
}
