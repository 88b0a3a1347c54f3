import StatsModel
import StatsReceiver

/// The verbs of the receiving end: what a driver turns, whether it is ``ReceivingEnd`` itself or something around it.
protocol ReceivingSide: ~Copyable {
    /// When a hole becomes lost by its age, or an answer is due; nil: never.
    var nextDeadline: Instant? { get }

    /// Takes one datagram. Afterwards ``pollRebuilt(at:)`` and both gap polls are due, each until it answers nil.
    mutating func receive(_ bytes: Span<UInt8>, at time: Instant) -> ReceiveOutcome

    /// The next packet that parity gave back, readable through ``withRebuilt(_:)`` until the next call.
    mutating func pollRebuilt(at time: Instant) -> RebuiltPacket?

    borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    mutating func handleTimeout(at time: Instant)

    /// Whether an answer is due, readable through ``withAnswer(_:)`` until the next call.
    mutating func pollAnswer(at time: Instant) -> Bool

    borrowing func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// The next range of numbers given up, and the next range that came after all.
    mutating func pollLost() -> LostRange?
    mutating func pollRecovered() -> LostRange?

    /// What running totals recovered since the last restart.
    var recovered: [RecoveredMetric] { get }

    /// The receiver's process is another one from now on, and knows nothing.
    mutating func restart(at time: Instant)

    /// Nothing more will arrive.
    mutating func finish(at time: Instant)

    /// What the receiver says of the run.
    var report: ReceiverReport { get }
}
