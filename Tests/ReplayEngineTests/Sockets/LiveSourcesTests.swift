import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing

@testable import ReplayEngine

/// Many clients at one receiver: each address is a source.
@Suite("sources of a receiver at a socket", .serialized) struct LiveSourcesTests {
    @Test("each address is a source, and a session stays with the source of its first packet")
    func table() {
        var sources = LiveSources<Int>(limit: 8)
        func take(_ session: UInt64, from address: Int?) -> UInt64 {
            let source = sources.source(of: session, from: address)
            sources.record(session, from: address, as: source)
            return source.rawValue
        }
        let a = take(1, from: 100)
        let b = take(2, from: 200)
        #expect(a != b)
        // A new session of an address, and its first one again.
        let (second, first) = (take(3, from: 100), take(1, from: 100))
        #expect(second == a && first == a)
        // A session whose sender made a new socket, which another client has now.
        let (moved, other) = (take(1, from: 300), take(4, from: 300))
        #expect(moved == a && other == a)
        #expect(sources.address(of: 1) == 300 && sources.address(of: 2) == 200 && sources.address(of: 9) == nil)
        // Without an address each session is for itself.
        let (unnamed, another, again) = (take(5, from: nil), take(6, from: nil), take(5, from: nil))
        #expect(unnamed != another && unnamed == again && unnamed != a && unnamed != b)
    }

    @Test("what is only asked for leaves nothing behind")
    func asking() {
        var sources = LiveSources<Int>(limit: 4)
        for session in 0..<100 as Range<UInt64> { _ = sources.source(of: session, from: Int(session)) }
        #expect(sources.counts.sessions == 0 && sources.counts.addresses == 0)
        let first = sources.source(of: 7, from: 7)
        sources.record(7, from: 7, as: first)
        #expect(sources.source(of: 8, from: 8) != first)
    }

    @Test("the tables are bounded, and the least recently active one is forgotten first")
    func bounded() {
        var sources = LiveSources<Int>(limit: 16)
        func take(_ session: UInt64, from address: Int) -> UInt64 {
            let source = sources.source(of: session, from: address)
            sources.record(session, from: address, as: source)
            return source.rawValue
        }
        let steady = take(1, from: 1)
        for stranger in 2...2000 as ClosedRange<UInt64> {
            _ = take(stranger, from: Int(stranger))
            let again = take(1, from: 1)
            #expect(again == steady)
        }
        #expect(sources.counts.sessions == 16 && sources.counts.addresses == 16)
        #expect(sources.address(of: 2) == nil && sources.address(of: 2000) == 2000)
    }

    /// Sends data packets of these numbers.
    private static func send(_ numbers: [UInt64], session: UInt64, over socket: borrowing DatagramSocket) {
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        for number in numbers {
            builder.begin(timestamp: number)
            let count = builder.seal(session: session, sequence: number, flags: .wantsAcknowledgement)
            builder.withBytes { _ = socket.send($0, stride: count, lengths: [UInt32(count)].span) }
        }
    }

    @Test("clients that send in turns replace none of each other's sessions, and each gap is known", arguments: [2, 24])
    func clients(count: Int) throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let bound = socket.localPort
        let port = try #require(bound)
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        configuration.acknowledgement = AcknowledgementConfiguration()
        // As if each turn came ten seconds after the last one.
        configuration.gracePeriod = .zero
        var intake = LiveIntake(socket, bufferByteCount: 1 << 20, stride: 2048, configuration: configuration)
        var turns: [[UInt64]] = [[1, 2], [4, 5], [9], [10, 12]]
        var received: UInt64 = 0
        func take(_ wanted: Int) {
            var rounds = 0
            received += UInt64(wanted)
            while intake.datagrams < received, rounds < 200 {
                intake.turn(timeout: .milliseconds(20)) { _, _, _ in }
                rounds += 1
            }
        }
        var clients = ClientSockets()
        for _ in 0..<count { try clients.open(port: port) }
        while let numbers = turns.first {
            turns.removeFirst()
            for client in 0..<count {
                clients.with(client) { Self.send(numbers, session: UInt64(1000 + client), over: $0) }
                take(numbers.count)
            }
        }
        // Until each was answered where it was then.
        for _ in 0..<50 where intake.answers.sent < UInt64(count) {
            intake.turn(timeout: .milliseconds(20)) { _, _, _ in }
        }
        // One of them makes a new socket, and goes on.
        try clients.open(port: port)
        clients.with(count) { Self.send([10, 13], session: 1000, over: $0) }
        take(2)
        for _ in 0..<20 { intake.turn(timeout: .milliseconds(5)) { _, _, _ in } }
        intake.finish()
        #expect(intake.sessions.count == count && Set(intake.sessions.map(\.source)).count == count)
        for (index, session) in intake.sessions.enumerated() {
            #expect(session.session == UInt64(1000 + index) && session.unknown == 0, "client \(index)")
            #expect(session.gaps == [3...3, 6...8, 11...11] && session.lost == 5, "client \(index)")
            #expect(session.unique == (index == 0 ? 8 : 7) && session.duplicate == (index == 0 ? 1 : 0), "client \(index)")
        }
        // Each is answered at its own address, and the one that moved at its new one.
        for client in 0...count {
            let received = clients.lastAcknowledged(client)
            #expect(received == UInt64(1000 + client % count), "client \(client)")
        }
    }

    /// Sockets cannot stand in an array.
    private struct ClientSockets: ~Copyable {
        private final class Box: Sendable {
            let socket: DatagramSocket
            init(_ socket: consuming DatagramSocket) { self.socket = socket }
        }

        private var boxes: [Box] = []

        mutating func open(port: UInt16) throws {
            boxes.append(Box(try DatagramSocket(connectingTo: .udp(host: "127.0.0.1", port: port))))
        }

        func with(_ index: Int, _ body: (borrowing DatagramSocket) -> Void) { body(boxes[index].socket) }

        /// The session of the last answer that is there; nil: there is none.
        func lastAcknowledged(_ index: Int) -> UInt64? {
            var buffer = [UInt8](repeating: 0, count: 2048)
            var session: UInt64?
            while let count = boxes[index].socket.receive(into: &buffer) {
                session = (try? PacketHeader(decoding: buffer.span.extracting(first: count)))?.session
            }
            return session
        }
    }
}
