import StatsModel
import StatsWire

// The queue of packets that are retransmitted: the order in which they go out, and the bytes they wait for.
extension Retransmission {
    /// Whether no timer runs and the queue is empty. ``poll(at:isClosing:)`` then returns nil.
    var isIdle: Bool {
        @inline(__always) get { timer == nil && head == wanted.count }
    }

    /// The next packet to retransmit. nil if there is none. ``withBytes(_:_:_:)`` shows its bytes.
    mutating func poll(at now: Instant, isClosing: Bool) -> (packet: OutgoingPacket, memory: Memory, index: Int)? {
        if !isClosing, let timer, now >= timer {
            backOff(at: now)
            if critical.openCount > 0 {
                timed = critical[0].sequence
                if !critical[0].isWanted {
                    critical[0].isWanted = true
                    wanted.append(critical[0].sequence)
                }
            }
        }
        while head < wanted.count {
            guard let (memory, index) = place(of: wanted[head]) else {
                removeFirstWanted()
                continue
            }
            let sequence = wanted[head]
            guard sequence == timed || permits(memory, index, at: now) else { return pollTimed(at: now) }
            removeFirstWanted()
            if sequence == timed { timed = nil }
            if let packet = send(memory, index, at: now) { return (packet, memory, index) }
        }
        return nil
    }

    /// The place of a queued packet. nil if it is no longer kept, has arrived, or was retransmitted meanwhile.
    private func place(of sequence: UInt64) -> (Memory, Int)? {
        if let index = critical.index(of: sequence) {
            return critical[index].isWanted && !critical[index].isSettled ? (.critical, index) : nil
        }
        guard let index = history.index(of: sequence), history[index].isWanted, !history[index].isSettled else { return nil }
        return (.history, index)
    }

    private mutating func removeFirstWanted() {
        head += 1
        delayedUntil = nil
        guard head == wanted.count else { return }
        wanted.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Whether the budget admits the first packet of the queue. Otherwise the packet waits.
    private mutating func permits(_ memory: Memory, _ index: Int, at now: Instant) -> Bool {
        if let delayedUntil, now < delayedUntil { return false }
        let byteCount = Int(with(memory) { $0[index].byteCount })
        if budget.take(byteCount: byteCount, at: now) { return true }
        let sequence = with(memory) { $0[index].sequence }
        if delayed != sequence { counts.delayed += 1 }
        delayed = sequence
        delayedUntil = budget.time(byteCount: byteCount)
        return false
    }

    /// Retransmits the packet of the timer before packets that wait for bytes.
    private mutating func pollTimed(at now: Instant) -> (packet: OutgoingPacket, memory: Memory, index: Int)? {
        guard let sequence = timed else { return nil }
        timed = nil
        guard let (memory, index) = place(of: sequence), let packet = send(memory, index, at: now) else { return nil }
        return (packet, memory, index)
    }

    private mutating func send(_ memory: Memory, _ index: Int, at now: Instant) -> OutgoingPacket? {
        guard let entry = with(memory, { $0.sendAgain(index, at: now) }) else { return nil }
        var packet = OutgoingPacket(
            kind: .data, sequence: entry.sequence, eventCount: Int(entry.eventCount), byteCount: Int(entry.byteCount))
        packet.copy = Int(entry.sendings)
        counts.packets += 1
        counts.byteCount += UInt64(packet.byteCount)
        return packet
    }

    mutating func backOff(at now: Instant) {
        counts.timeouts += 1
        backoff += 1
        timer = now + timeout
    }

    func withBytes<Result: ~Copyable, Failure: Error>(
        _ memory: Memory, _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch memory {
        case .critical: try critical.withBytes(of: index, body)
        case .history: try history.withBytes(of: index, body)
        }
    }

    /// The time at which ``poll(at:isClosing:)``, or ``pollProbe(at:)`` while closing, next has something to do. nil if there
    /// is none.
    var deadline: Instant? {
        guard head < wanted.count else { return timer }
        guard timed == nil, let delayedUntil else { return .start }
        return timer.map { min($0, delayedUntil) } ?? delayedUntil
    }
}
