import StatsModel
import StatsReceiver
import StatsWire

/// A receiving end whose input and output a ``Mutator`` changes.
struct MutatedReceivingEnd<Base: ReceivingSide & ~Copyable>: ~Copyable, ReceivingSide {
    private var base: Base
    private let mutator: Mutator
    /// A packet recovered from parity that is given a second time, and bytes that replace the packet's own.
    private var repeated: RebuiltPacket?
    private var changed: [UInt8]?

    init(_ base: consuming Base, by mutator: Mutator) {
        self.base = base
        self.mutator = mutator
    }

    mutating func receive(_ bytes: Span<UInt8>, at time: Instant) -> ReceiveOutcome {
        if let other = mutator.stated(bytes) { return base.receive(other.span, at: time) }
        return mutator.received(base.receive(bytes, at: time), bytes)
    }

    mutating func pollRebuilt(at time: Instant) -> RebuiltPacket? {
        changed = nil
        if let packet = repeated {
            repeated = nil
            return packet
        }
        while let packet = base.pollRebuilt(at: time) {
            switch base.withRebuilt({ mutator.rebuilt(packet, $0) }) {
            case .ignored: continue
            case .asItIs: break
            case .twice: repeated = packet
            case .changed(let bytes): changed = bytes
            }
            return packet
        }
        return nil
    }

    borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let changed { return try body(changed.span) }
        return try base.withRebuilt(body)
    }

    borrowing func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try base.withAnswer { bytes throws(Failure) in
            if let other = mutator.answered(bytes) { return try other.withBytes(body) }
            return try body(bytes)
        }
    }

    mutating func pollLost() -> LostRange? {
        while let lost = base.pollLost() {
            guard let gap = mutator.reported(lost.from...lost.to) else { continue }
            return LostRange(source: lost.source, session: lost.session, from: gap.lowerBound, to: gap.upperBound)
        }
        return nil
    }

    var recovered: [RecoveredMetric] { mutator.recoveredByTotals(base.recovered) }

    // Everything else passes through unchanged.

    var nextDeadline: Instant? { base.nextDeadline }
    mutating func handleTimeout(at time: Instant) { base.handleTimeout(at: time) }
    mutating func pollAnswer(at time: Instant) -> Bool { base.pollAnswer(at: time) }
    mutating func pollRecovered() -> LostRange? { base.pollRecovered() }
    mutating func restart(at time: Instant) { base.restart(at: time) }
    mutating func finish(at time: Instant) { base.finish(at: time) }
    var report: ReceiverReport { base.report }
}
