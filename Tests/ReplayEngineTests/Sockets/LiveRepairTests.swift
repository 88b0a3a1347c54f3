import ReplayEngine
import StatsClient
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

/// The live client over real sockets, where packets are lost, answered, refused, or answered by somebody else.
@Suite("the live client sends again", .serialized) struct LiveRepairTests {
    /// Records counters, timings and events in many small packets.
    private static func record(_ client: StatsClient, rounds: Int) throws {
        let counter = client.counter("live.orders")
        let timing = client.timing("live.latency")
        for round in 0..<rounds {
            for _ in 0..<20 { counter.increment() }
            timing.record(milliseconds: Double(round))
            if round % 3 == 0 { client.recordEvent(title: "deploy \(round)") }
            try client.flushBlocking()
        }
    }

    @Test("what 30 % loss on both ways takes arrives all the same, to the event", arguments: [1, 2, 3] as [UInt64])
    func loss(seed: UInt64) throws {
        let relay = try LossyRelay(seed: seed, percent: 30)
        let client = try StatsClient(destination: relay.destination)
        try Self.record(client, rounds: 60)
        let report = try client.shutdownBlocking(within: .seconds(30))
        let outcome = relay.finish()
        let metrics = client.exportMetrics()
        #expect(report.sent == 60 * 21 + 20 && report.lost == 0 && report.packetsUnconfirmed == 0, "seed \(seed)")
        #expect(outcome.lostThere > 0 && outcome.lostBack > 0, "seed \(seed)")
        #expect(metrics.packetsRetransmitted > 0 && metrics.acknowledgements > 0, "seed \(seed)")
        #expect(outcome.received == client.sent && outcome.received.total == 60 * 21 + 20, "seed \(seed): \(outcome)")
    }

    @Test("without loss nothing is retransmitted, and everything is confirmed")
    func quiet() throws {
        let relay = try LossyRelay(seed: 1, percent: 0)
        let client = try StatsClient(destination: relay.destination)
        try Self.record(client, rounds: 30)
        let report = try client.shutdownBlocking(within: .seconds(30))
        let outcome = relay.finish()
        #expect(report.lost == 0 && report.packetsUnconfirmed == 0 && outcome.received.total == 30 * 21 + 10)
        #expect(outcome.answers > 0 && outcome.isClosed)
    }

    @Test("a receiver that never answers delays no end, and unconfirmed packets are reported")
    func mute() throws {
        let relay = try LossyRelay(seed: 1, percent: 0, answers: false)
        let client = try StatsClient(destination: relay.destination)
        try Self.record(client, rounds: 9)
        let report = try client.shutdownBlocking(within: .seconds(3600))
        let outcome = relay.finish()
        #expect(report.sent == 9 * 21 + 3 && report.lost == 0 && report.packetsUnconfirmed > 0)
        #expect(outcome.received == client.sent && outcome.answers == 0)
    }

    @Test(
        "a receiver that is not there yet gets what was critical when it comes, and no event counts twice",
        arguments: ["127.0.0.1", "::1"])
    func late(host: String) throws {
        let port = try Loopback.freePort(of: host)
        let client = try StatsClient(destination: .udp(host: host, port: port))
        for number in 0..<5 {
            client.recordEvent(title: "early \(number)")
            try client.flushBlocking()
        }
        // The refusals are on their way back while this thread makes the receiver.
        var configuration = ReceiverConfiguration()
        configuration.acknowledgement = AcknowledgementConfiguration()
        configuration.listensFromStart = true
        var receiver = LiveReceiver(
            try DatagramSocket(bindingTo: .udp(host: host, port: port)), configuration: configuration)
        var rounds = 0
        while receiver.totals.tally.counts[.event] < 5, rounds < 2000 {
            receiver.turn(timeout: .milliseconds(10))
            rounds += 1
        }
        #expect(receiver.totals.tally.counts[.event] == 5)
        // The end wants an answer as well, which only this thread gives.
        let closing = client
        try WorkerThread.start(name: "closing") { _ = try? closing.shutdownBlocking(within: .seconds(30)) }
        while !receiver.intake.isClosed, rounds < 4000 {
            receiver.turn(timeout: .milliseconds(10))
            rounds += 1
        }
        for _ in 0..<20 { receiver.turn(timeout: .milliseconds(5)) }
        let report = try client.shutdownBlocking()
        #expect(report.sent == 5 && report.lost == 0 && report.packetsUnconfirmed == 0, "\(report)")
        #expect(receiver.totals.tally.counts.total == 5)
    }

    @Test("answers that are none are counted and passed over")
    func lies() throws {
        // Too short, another session's, and one that a damaged byte has reached.
        var damaged = [UInt8](repeating: 0, count: 64)
        damaged.replaceSubrange(0..<6, with: [0x53, 0x52, 0x50, 0x31, 4, 0])
        let invalid = Self.answer(session: 7, highest: 1000)
        let relay = try LossyRelay(seed: 4, percent: 20, forged: [[1, 2, 3], damaged, invalid])
        let client = try StatsClient(destination: relay.destination)
        try Self.record(client, rounds: 30)
        let report = try client.shutdownBlocking(within: .seconds(30))
        let outcome = relay.finish()
        #expect(report.lost == 0 && report.packetsUnconfirmed == 0)
        #expect(outcome.received == client.sent && outcome.received.total == 30 * 21 + 10)
        #expect(client.exportMetrics().invalidAnswers >= 3)
    }

    /// A whole acknowledgement of that session.
    private static func answer(session: UInt64, highest: UInt64) -> [UInt8] {
        var configuration = ReceiverConfiguration()
        configuration.acknowledgement = AcknowledgementConfiguration()
        var receiver = StatsReceiver(configuration: configuration)
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: 1)
        _ = builder.seal(session: session, sequence: highest, flags: .wantsAcknowledgement)
        builder.withBytes { _ = receiver.receive($0, from: SourceID(1), at: .start) }
        let answer = receiver.pollAcknowledgement(at: .start + .seconds(1))
        precondition(answer != nil, "a packet that asks is answered")
        return receiver.withAcknowledgement { bytes in (0..<bytes.count).map { bytes[$0] } }
    }
}
