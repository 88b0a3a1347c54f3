import StatsModel
import SystemIO

/// How a kept packet is written and shown to the observer.
extension CaptureSession {
    /// Puts one packet into the output, unless a bound is reached.
    mutating func keep<Observer: CaptureObserver>(
        _ timestamp: Int64, _ originalCount: UInt32, _ bytes: Span<UInt8>, _ isFragment: Bool, at now: Instant,
        _ observer: inout Observer
    ) throws(SystemError) {
        if case .ended = phase { return }
        let sizes = output.recordCount(packet: bytes.count)
        if let reason = bounds.refusal(
            packets: output.pendingPacketCount, bytes: output.pendingByteCount, adding: sizes.record + sizes.reserve)
        {
            phase = .ended(reason)
            return
        }
        if output.isRotationDue(packet: bytes.count) { try rotate(at: now) }
        output.append(timestamp: timestamp, originalCount: originalCount, bytes: bytes)
        if summary.firstTimestamp == nil { summary.firstTimestamp = timestamp }
        summary.lastTimestamp = timestamp
        if originalCount > UInt32(bytes.count) { summary.truncated += 1 }
        if isFragment { summary.fragments += 1 }
        show(timestamp, originalCount, bytes, &observer)
        // This was the last packet wanted, so the capture ends without waiting for another.
        if bounds.packets == output.pendingPacketCount { phase = .ended(.packets) }
    }

    /// Shows the observer the datagram that the packet holds or completes.
    private mutating func show<Observer: CaptureObserver>(
        _ timestamp: Int64, _ originalCount: UInt32, _ bytes: Span<UInt8>, _ observer: inout Observer
    ) {
        let record = PacketRecord(
            timestamp: timestamp, hasTimestamp: true, lower: 0, count: bytes.count,
            wireCount: max(Int(originalCount), bytes.count), link: link)
        guard decoder.handle(bytes, record, number: output.pendingPacketCount) != nil else { return }
        switch decoder.payload {
        case .packet(let range): observer.handlePayload(bytes.extracting(range))
        case .reassembled(let range): observer.handlePayload(decoder.reassembly.whole.span.extracting(range))
        }
    }

    mutating func rotate(at now: Instant) throws(SystemError) {
        try output.rotate(drops.read(capture), at: now, wall: SystemClock.wallNanoseconds)
    }
}
