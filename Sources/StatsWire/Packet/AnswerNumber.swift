/// The number of an acknowledgement among all of its receiver. It orders acknowledgements, because clocks can step and counters
/// cannot.
///
/// It is stored in the header's timestamp field: the epoch in the lower half (offset 24), the counter in the upper half (28).
package struct AnswerNumber: Hashable, Sendable {
    /// A random number, drawn when the receiver's process starts, and again when its counter overflows.
    package var epoch: UInt32
    /// Counts the epoch's acknowledgements from 1, over all sessions.
    package var counter: UInt32

    package init(epoch: UInt32, counter: UInt32) {
        self.epoch = epoch
        self.counter = counter
    }

    init(headerField: UInt64) {
        epoch = UInt32(truncatingIfNeeded: headerField)
        counter = UInt32(headerField >> 32)
    }

    var headerField: UInt64 { UInt64(counter) << 32 | UInt64(epoch) }
}
