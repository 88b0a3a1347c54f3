package import StatsModel
package import StatsReceiver
package import SystemIO

/// The receiving side at a real socket: datagrams through the receiver machine into totals (``LiveIntake``), in whatever
/// thread calls ``turn(timeout:)``.
package struct LiveReceiver: ~Copyable {
    package private(set) var intake: LiveIntake
    package private(set) var totals = EventTotals()

    /// As in ``LiveIntake``; no datagram is longer than the default `stride`, whatever its sender's limits are.
    package init(
        _ socket: consuming DatagramSocket, bufferByteCount: Int = 1 << 25, stride: Int = 65_536,
        configuration: ReceiverConfiguration = ReceiverConfiguration()
    ) {
        intake = LiveIntake(socket, bufferByteCount: bufferByteCount, stride: stride, configuration: configuration)
    }

    /// Takes and decodes what is there, waiting at most `timeout` for the first datagram; answers how many.
    @discardableResult
    package mutating func turn(timeout: Nanoseconds) -> Int { Self.turn(&intake, &totals, timeout) }

    /// Both apart, so that the one can be turned while the other counts.
    private static func turn(_ intake: inout LiveIntake, _ totals: inout EventTotals, _ timeout: Nanoseconds) -> Int {
        intake.turn(timeout: timeout) { datagram, header, _ in totals.record(packet: datagram, header: header) }
    }

    /// Nothing more will come: what is missing is lost.
    package mutating func finish() { intake.finish() }
}
