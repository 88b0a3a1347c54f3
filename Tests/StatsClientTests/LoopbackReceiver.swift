import StatsClient
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

/// Our own receiving side at a real socket, turned by the test's thread until a closing packet has come.
struct LoopbackReceiver: ~Copyable {
    private var socket: TestSocket
    /// The port. 0 for a Unix socket.
    var port: UInt16 { socket.port }
    var receiver = StatsReceiver()
    var totals = EventTotals()
    private(set) var isClosed = false
    private let clock = SystemClock()

    /// On any free port of the loopback.
    init() throws { socket = try TestSocket() }

    init(_ socket: consuming DatagramSocket) { self.socket = TestSocket(socket) }

    /// Takes what is there; waits at most `timeout` for the first.
    mutating func turn(timeout: Nanoseconds) {
        var wait = timeout
        while let bytes = socket.next(timeout: wait) {
            wait = .zero
            let datagram = bytes.span
            switch receiver.receive(datagram, from: SourceID(1), at: clock.now) {
            case .accepted(let header, _): totals.record(packet: datagram, header: header)
            case .control(let header): if header.kind == .closing { isClosed = true }
            case .corrupt, .duplicate, .outOfRange: break
            }
        }
    }

    /// Until the closing packet came, 20 seconds at most.
    mutating func finish() {
        let end = clock.now + .seconds(20)
        while !isClosed, clock.now < end { turn(timeout: .milliseconds(20)) }
        // What another socket buffer still holds of it comes at once.
        turn(timeout: .milliseconds(1))
    }

    /// Shuts the client down on a thread of its own, within 15 seconds, and takes what comes meanwhile.
    mutating func shutDown(_ client: StatsClient) throws -> StatsClient.DeliveryReport {
        let result = LiveClientTests.Shared(outcome: nil)
        let closer = Recorders()
        try closer.start(1) { _ in result.set(try? client.shutdownBlocking(within: .seconds(15))) }
        finish()
        while closer.count() < 1 { turn(timeout: .milliseconds(1)) }
        return try #require(result.get())
    }
}
