import ReplayEngine
import StatsModel
import StatsReceiver
import SystemIO

/// A receiver at a real socket: datagrams go through the receiver machine (``LiveIntake``) into totals. It works in the thread
/// that calls ``turn(timeout:)``.
struct LiveReceiver: ~Copyable {
    private(set) var intake: LiveIntake
    private(set) var totals = EventTotals()

    /// See ``LiveIntake``. The default `stride` is large enough for every datagram, whatever its sender's limits are.
    init(
        _ socket: consuming DatagramSocket, bufferByteCount: Int = 1 << 25, stride: Int = 65_536,
        configuration: ReceiverConfiguration = ReceiverConfiguration()
    ) {
        intake = LiveIntake(socket, bufferByteCount: bufferByteCount, stride: stride, configuration: configuration)
    }

    /// Takes and decodes the waiting datagrams. It waits at most `timeout` for the first one. Returns the number of datagrams.
    @discardableResult
    mutating func turn(timeout: Nanoseconds) -> Int {
        intake.turn(timeout: timeout) { datagram, header, _ in totals.record(packet: datagram, header: header) }
    }

    /// Ends the reception: packets that are missing now are lost.
    mutating func finish() { intake.finish() }
}
