import StatsModel
import StatsReceiver
import StatsReplay
import StatsWire
import Synchronization
public import SystemIO

/// Our own receiver behind a socket on loopback: checks, numbers and decodes everything that comes, on a thread.
///
/// It takes what the socket has until nothing is there, then sleeps. Senders that ask for it are answered. It ends with ``finish()``.
public final class LoopbackReceiver: Sendable {
    /// Asked of the system for the socket; the system may grant less.
    static let socketBuffer = 4 << 20
    /// More than any packet of a client that is measured here; a longer datagram is cut, and unreadable.
    private static let longestDatagram = 9216

    private struct Progress {
        var isStopping = false
        var counts: ArrivalCounts?
        var events: UInt64 = 0
    }

    private struct Sockets: ~Copyable {
        var socket: DatagramSocket?
    }

    public let destination: Destination
    /// What latencies are told by: an event's value is the time it names on this clock, in nanoseconds.
    public let clock: SystemClock
    /// Bytes that the system granted the socket.
    public let grantedBuffer: Int
    private let sockets: Mutex<Sockets>
    private let progress = Mutex(Progress())
    private let ended: ParkingSpot

    /// - Parameter measuresLatency: keep the latency of each event, told by its value
    ///
    /// Throws where there is no socket, port or thread left.
    public init(measuresLatency: Bool = false) throws(SystemError) {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        socket.setReceiveBuffer(byteCount: Self.socketBuffer)
        grantedBuffer = socket.receiveBuffer
        guard let port = socket.localPort else {
            throw SystemError(action: "bind to", subject: "127.0.0.1", number: 0)
        }
        destination = .udp(host: "127.0.0.1", port: port)
        clock = SystemClock()
        sockets = Mutex(Sockets(socket: socket))
        ended = try ParkingSpot()
        try WorkerThread.start(name: "benchreceiver") { [self] in
            let counts = receive(measuresLatency: measuresLatency)
            progress.withLock { $0.counts = counts }
            ended.wake()
        }
    }

    /// Events decoded so far; renewed with each batch of packets.
    public var events: UInt64 { progress.withLock { $0.events } }

    /// Takes what is still there, then ends the thread, and says what came. To be called once, after the sender ended.
    public func finish() -> ArrivalCounts {
        progress.withLock { $0.isStopping = true }
        while true {
            if let counts = progress.withLock({ $0.counts }) { return counts }
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
        var receiver = StatsReceiver(configuration: configuration)
        var decoder = EventDecoder()
        var counts = ArrivalCounts()
        var answers = LiveAnswers()
        var batch = DatagramBatch(stride: Self.longestDatagram)
        while true {
            let taken = socket.receive(into: &batch)
            let now = clock.now
            if let due = receiver.nextDeadline, now >= due { receiver.handleTimeout(at: now) }
            if taken == 0 {
                answers.send(&receiver, over: socket, at: now)
                let isStopping = progress.withLock { progress in
                    progress.events = counts.events
                    return progress.isStopping
                }
                if isStopping { break }
                let pause = Nanoseconds.milliseconds(20)
                let wait = receiver.nextDeadline.map { max(.zero, min(pause, $0 - now)) } ?? pause
                _ = socket.waitToReceive(timeout: wait)
                continue
            }
            for index in 0..<taken {
                let address = batch.address(index)
                batch.withDatagram(index) { datagram in
                    switch receiver.receive(datagram, from: SourceID(0), at: now) {
                    case .accepted(let header, late: _):
                        counts.packets += 1
                        answers.record(header.session, from: address)
                        decoder.beginPacket(datagram, header: header)
                        Self.decode(&decoder, datagram, measuresLatency ? now : nil, into: &counts)
                        counts.lastArrival = now
                    // What was sent again although it had come: its sender waits for an answer.
                    case .duplicate(let header):
                        counts.repeated += 1
                        answers.record(header.session, from: address)
                    case .control(let header): answers.record(header.session, from: address)
                    case .outOfRange, .corrupt: counts.unreadable += 1
                    }
                }
            }
            progress.withLock { $0.events = counts.events }
            answers.send(&receiver, over: socket, at: now)
        }
        receiver.finish(at: clock.now)
        for session in receiver.sessions { counts.lostPackets += session.lost }
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
