import ReplayEngine
import StatsModel
import StatsReceiver
import StatsWire
import Synchronization
package import SystemIO

/// Our own receiver at a socket on loopback. It checks, sequences and decodes all datagrams on a thread of its own.
///
/// It drains the socket, then sleeps (``LiveIntake``). It answers senders that request answers. It runs until ``finish()``.
package final class LoopbackReceiver: Sendable {
    /// The size requested for the socket's buffer. The system may grant less.
    static let socketBuffer = 4 << 20
    /// Longer than any packet of the clients measured here (``ClientConfiguration/largestPacketSize``). A longer datagram would
    /// be cut and could not be read.
    private static let longestDatagram = 9216

    private struct Sockets: ~Copyable {
        var socket: DatagramSocket?
    }

    /// The address that clients send to.
    package let destination: Destination
    /// The clock of latencies. An event's value is its due time on this clock, in nanoseconds.
    package let clock: SystemClock
    private let sockets: Mutex<Sockets>
    private let isStopping = Atomic(false)
    private let result = Mutex<ArrivalCounts?>(nil)
    private let ended: ParkingSpot

    /// - Parameter measuresLatency: whether to keep each event's latency, computed from its value
    ///
    /// Throws if there is no socket, port or thread left.
    package init(measuresLatency: Bool = false) throws(SystemError) {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        socket.setReceiveBuffer(byteCount: Self.socketBuffer)
        guard let port = socket.localPort else {
            throw SystemError(action: "bind to", subject: "127.0.0.1", number: 0)
        }
        destination = .udp(host: "127.0.0.1", port: port)
        clock = SystemClock()
        sockets = Mutex(Sockets(socket: socket))
        ended = try ParkingSpot()
        try WorkerThread.start(name: "benchreceiver") { [self] in
            let counts = receive(measuresLatency: measuresLatency)
            result.withLock { $0 = counts }
            ended.wake()
        }
    }

    /// Takes the remaining datagrams, ends the thread, and returns the counts. Call it once, after the sender ended.
    package func finish() -> ArrivalCounts {
        isStopping.store(true, ordering: .releasing)
        while true {
            if let counts = result.withLock({ $0 }) { return counts }
            _ = ended.park(timeout: .milliseconds(100))
        }
    }

    private func receive(measuresLatency: Bool) -> ArrivalCounts {
        guard let socket = sockets.withLock({ $0.socket.take() }) else {
            preconditionFailure("the thread starts once")
        }
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        configuration.acknowledgement = AcknowledgementConfiguration()
        // Losses counted in records are not needed here.
        configuration.countsRecords = false
        var intake = LiveIntake(
            socket, bufferByteCount: Self.socketBuffer, stride: Self.longestDatagram, configuration: configuration,
            clock: clock)
        var decoder = EventDecoder()
        var counts = ArrivalCounts()
        while true {
            let taken = intake.turn(timeout: .milliseconds(20)) { datagram, header, now in
                counts.packets += 1
                decoder.beginPacket(datagram, header: header)
                Self.decode(&decoder, datagram, measuresLatency ? now : nil, into: &counts)
                counts.lastArrival = now
            }
            if taken == 0, isStopping.load(ordering: .acquiring) { break }
        }
        intake.finish()
        counts.unreadable += intake.refused
        for session in intake.sessions { counts.lostPackets += session.lost }
        return counts
    }

    private static func decode(
        _ decoder: inout EventDecoder, _ datagram: Span<UInt8>, _ now: Instant?, into counts: inout ArrivalCounts
    ) {
        while true {
            switch decoder.next(datagram) {
            case .event(let event):
                counts.events += UInt64(event.count)
                counts.valueSum += event.value
                if let now { counts.latencies.append(Double(now.nanoseconds) - event.value) }
            case .malformed: counts.unreadable += 1
            case .end: return
            }
        }
    }
}
