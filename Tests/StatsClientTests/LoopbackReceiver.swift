import StatsClient
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

/// Our own receiving side at a real socket, turned by the test's thread until a closing packet has come.
struct LoopbackReceiver: ~Copyable {
    let socket: DatagramSocket
    /// Where it listens; 0 for a Unix socket.
    let port: UInt16
    var receiver = StatsReceiver()
    var totals = EventTotals()
    private(set) var isClosed = false
    private let clock = SystemClock()
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// On any free port of the loopback.
    init() throws { self.init(try DatagramSocket(bindingAnyPortOf: "127.0.0.1")) }

    init(_ socket: consuming DatagramSocket) {
        socket.setReceiveBuffer(byteCount: 1 << 22)
        port = socket.localPort ?? 0
        self.socket = socket
    }

    /// Takes what is there; waits at most `timeout` for the first.
    mutating func turn(timeout: Nanoseconds) {
        guard socket.waitToReceive(timeout: timeout) else { return }
        while let count = socket.receive(into: &buffer) {
            let copy = Array(buffer[..<count])
            let datagram = copy.span
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
