/// Which of a receiver's acknowledgements one is, by the receiver's own numbers: clocks step, these do not.
///
/// It stands in the place of the header's timestamp: the epoch in the lower half (offset 24), the counter in the upper (28).
public struct AnswerNumber: Hashable, Sendable {
    /// Drawn at random when the receiver's process begins, and again when its counter is at its end.
    public var epoch: UInt32
    /// Counts the epoch's acknowledgements from 1, over all sessions.
    public var counter: UInt32

    public init(epoch: UInt32, counter: UInt32) {
        self.epoch = epoch
        self.counter = counter
    }

    init(headerField: UInt64) {
        epoch = UInt32(truncatingIfNeeded: headerField)
        counter = UInt32(headerField >> 32)
    }

    var headerField: UInt64 { UInt64(counter) << 32 | UInt64(epoch) }
}
