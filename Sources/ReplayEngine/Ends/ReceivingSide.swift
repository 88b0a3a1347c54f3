import StatsModel
import StatsReceiver

/// The functions of the receiving end that a driver calls. ``ReceivingEnd`` and its wrappers conform to it.
protocol ReceivingSide: ~Copyable {
    /// The next time at which a hole becomes lost by its age, or an acknowledgement is due. nil if there is none.
    var nextDeadline: Instant? { get }

    /// Takes one datagram. Call ``pollRebuilt(at:)`` and both gap polls afterwards, each until it returns nil.
    mutating func receive(_ bytes: Span<UInt8>, at time: Instant) -> ReceiveOutcome

    /// The next packet recovered from parity. ``withRebuilt(_:)`` gives its bytes until the next call.
    mutating func pollRebuilt(at time: Instant) -> RebuiltPacket?

    borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    mutating func handleTimeout(at time: Instant)

    /// Whether an acknowledgement is due. ``withAnswer(_:)`` gives its bytes until the next call.
    mutating func pollAnswer(at time: Instant) -> Bool

    borrowing func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// The next range of numbers that were given up, and the next range of numbers that arrived after that.
    mutating func pollLost() -> LostRange?
    mutating func pollRecovered() -> LostRange?

    /// The events that running totals recovered since the last restart.
    var recovered: [RecoveredMetric] { get }

    /// Restarts the receiver's process, which then knows nothing.
    mutating func restart(at time: Instant)

    /// Ends the reception. Nothing more will arrive.
    mutating func finish(at time: Instant)

    /// The receiver's own report on the run.
    var report: ReceiverReport { get }
}
