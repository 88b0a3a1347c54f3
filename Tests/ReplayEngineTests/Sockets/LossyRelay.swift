import ReplayEngine
import StatsModel
import StatsReceiver
import StatsWire
import Synchronization
import SystemIO

/// A receiver on loopback behind a relay that loses datagrams both ways, in one thread.
///
/// What is lost is decided by what it is: direction, kind, number and how often it was seen, whatever the time.
final class LossyRelay: Sendable {
    struct Outcome: Sendable {
        var received = TypeCounts()
        var isClosed = false
        var answers: UInt64 = 0
        var lostThere = 0
        var lostBack = 0
    }

    private struct Sockets: ~Copyable {
        var front: DatagramSocket?
        var receiver: LiveReceiver?
    }

    let destination: Destination
    private let sockets: Mutex<Sockets>
    private let state = Mutex<(isStopping: Bool, outcome: Outcome?)>((false, nil))
    private let ended: ParkingSpot

    /// - Parameters:
    ///   - percent: lost on each way
    ///   - forged: datagrams that go to the client in front of every true answer
    init(seed: UInt64, percent: UInt64, answers: Bool = true, forged: [[UInt8]] = []) throws {
        let front = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let back = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        guard let port = front.localPort, let hidden = back.localPort else { throw SystemError(action: "bind", subject: "", number: 0) }
        destination = .udp(host: "127.0.0.1", port: port)
        let way = try DatagramSocket(connectingTo: .udp(host: "127.0.0.1", port: hidden))
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = true
        configuration.acknowledgement = answers ? AcknowledgementConfiguration() : nil
        sockets = Mutex(Sockets(front: consume front, receiver: LiveReceiver(consume back, configuration: configuration)))
        ended = try ParkingSpot()
        let draws = KeyedRandom(seed: seed)
        let link = Mutex<DatagramSocket?>(consume way)
        try WorkerThread.start(name: "lossyrelay") { [self] in
            guard let way = link.withLock({ $0.take() }) else { preconditionFailure("the thread starts once") }
            let outcome = relay(way, draws, percent, forged)
            state.withLock { $0.outcome = outcome }
            ended.wake()
        }
    }

    /// Ends the thread, and says what came.
    func finish() -> Outcome {
        state.withLock { $0.isStopping = true }
        while true {
            if let outcome = state.withLock({ $0.outcome }) { return outcome }
            _ = ended.park(timeout: .milliseconds(50))
        }
    }

    private func relay(
        _ way: borrowing DatagramSocket, _ draws: KeyedRandom, _ percent: UInt64, _ forged: [[UInt8]]
    ) -> Outcome {
        guard let front = sockets.withLock({ $0.front.take() }), var receiver = sockets.withLock({ $0.receiver.take() })
        else { preconditionFailure("the thread starts once") }
        var seen: [UInt64: UInt64] = [:]
        var outcome = Outcome()
        var client: DatagramAddress?
        var batch = DatagramBatch(stride: 65_536)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        /// Whether the draw loses this datagram.
        func isLost(_ datagram: Span<UInt8>, rule: UInt64) -> Bool {
            guard let header = PacketHeader(unverified: datagram) else { return false }
            let key = rule << 56 | UInt64(header.kind.rawValue) << 48 | header.sequence
            seen[key, default: 0] += 1
            return draws.draw(rule: rule, flow: UInt64(header.kind.rawValue), sequence: header.sequence << 16 | seen[key, default: 0]) % 100
                < percent
        }
        while true {
            var isIdle = true
            if front.receive(into: &batch) > 0 {
                isIdle = false
                for index in 0..<batch.count {
                    client = batch.address(index) ?? client
                    batch.withDatagram(index) { datagram in
                        if isLost(datagram, rule: 1) {
                            outcome.lostThere += 1
                        } else {
                            _ = way.send(datagram, stride: datagram.count, lengths: [UInt32(datagram.count)].span)
                        }
                    }
                }
            }
            if receiver.turn(timeout: .zero) > 0 { isIdle = false }
            while let count = way.receive(into: &buffer) {
                isIdle = false
                guard let client else { continue }
                for bytes in forged { _ = front.send(bytes.span, to: client) }
                let datagram = buffer.span.extracting(first: count)
                // How many answers there are depends on time, so the first one is lost whatever the draw.
                if isLost(datagram, rule: 2) || (percent > 0 && outcome.lostBack == 0) {
                    outcome.lostBack += 1
                } else {
                    _ = front.send(datagram, to: client)
                }
            }
            if isIdle {
                if state.withLock({ $0.isStopping }) { break }
                _ = front.waitToReceive(timeout: .milliseconds(2))
            }
        }
        receiver.finish()
        outcome.isClosed = receiver.intake.isClosed
        outcome.answers = receiver.intake.answers.sent
        outcome.received = receiver.totals.tally.counts
        return outcome
    }
}
