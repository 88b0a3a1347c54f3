import StatsModel
import StatsReceiver

/// The receiving end of a run: the receiver machine, its restarts, and its acknowledgements.
struct ReceivingEnd: ~Copyable, ReceivingSide {
    /// The run's only client, as the receiver identifies it.
    private static let source = SourceID(1)

    private var receiver: StatsReceiver
    /// Parity packets by their outcome, up to the last restart.
    private var parityBefore = ParityCounts()
    /// Updated at every change, because the driver reads it far more often than it changes.
    private(set) var nextDeadline: Instant?

    init(_ scenario: Scenario) {
        receiver = StatsReceiver(configuration: scenario.answeringReceiver, seed: scenario.seed)
    }

    mutating func receive(_ bytes: Span<UInt8>, at time: Instant) -> ReceiveOutcome {
        let outcome = receiver.receive(bytes, from: Self.source, at: time)
        nextDeadline = receiver.nextDeadline
        return outcome
    }

    mutating func pollRebuilt(at time: Instant) -> RebuiltPacket? {
        guard let packet = receiver.pollRebuilt(at: time) else { return nil }
        nextDeadline = receiver.nextDeadline
        return packet
    }

    borrowing func withRebuilt<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try receiver.withRebuilt(body)
    }

    mutating func handleTimeout(at time: Instant) {
        receiver.handleTimeout(at: time)
        nextDeadline = receiver.nextDeadline
    }

    mutating func pollAnswer(at time: Instant) -> Bool {
        let isThere = receiver.pollAcknowledgement(at: time) != nil
        nextDeadline = receiver.nextDeadline
        return isThere
    }

    borrowing func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try receiver.withAcknowledgement(body)
    }

    mutating func pollLost() -> LostRange? { receiver.pollLost() }
    mutating func pollRecovered() -> LostRange? { receiver.pollRecovered() }

    var recovered: [RecoveredMetric] { receiver.recoveredByTotals }

    mutating func restart(at time: Instant) {
        parityBefore += receiver.parityCounts
        receiver.restart(at: time)
        nextDeadline = receiver.nextDeadline
    }

    mutating func finish(at time: Instant) {
        receiver.finish(at: time)
        nextDeadline = receiver.nextDeadline
    }

    var report: ReceiverReport {
        var report = ReceiverReport()
        let sessions = receiver.sessions
        report.session = sessions.first
        for session in sessions { report.runningTotals += session.runningTotals }
        report.parity = parityBefore
        report.parity += receiver.parityCounts
        return report
    }
}
