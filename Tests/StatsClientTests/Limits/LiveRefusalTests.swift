import StatsBuffers
import StatsClient
import StatsModel
import StatsPipeline
import SystemIO
import Testing

/// What the live client makes of events and rates that make no sense.
@Suite(.serialized) struct LiveRefusalTests {
    @Test("an event that fits into no packet, or into no room for texts, is oversize at once", arguments: [5000, 1 << 20])
    func tooLong(textCapacity: Int) throws {
        let receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = StatsClient.Configuration()
        configuration.textCapacity = textCapacity
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let limit = min(textCapacity, configuration.largeEventLimit)
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        let results = [
            client.recordEvent(title: "long", text: text(limit)), client.recordServiceCheck("long", status: .ok, message: text(limit)),
            client.memberSet("long").insert(text(limit)),
        ]
        #expect(results == Array(repeating: .refused(.oversize), count: 3))
        let short = client.recordEvent(title: "short", text: text(limit / 2))
        #expect(short == .buffered)
        let report = try client.shutdownBlocking()
        #expect(report.sent == 1 && report.lost == 3)
        #expect(client.ledger[.oversize].counts.total == 3 && client.ledger[.textPoolFull].counts.total == 0)
    }

    @Test(
        "a sample rate of 0 or below keeps nothing; one above 1, or that is no number, keeps everything",
        arguments: [(0, 0), (-1, 0), (-.infinity, 0), (1, 100), (1.5, 100), (.infinity, 100), (.nan, 100)] as [(Double, UInt64)],
        [false, true])
    func rates(_ row: (rate: Double, kept: UInt64), isAggregating: Bool) throws {
        let receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = StatsClient.Configuration()
        configuration.aggregation = isAggregating ? AggregatorConfiguration() : nil
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let counter = client.counter("hits", sampleRate: row.rate)
        let timing = client.timing("took", sampleRate: row.rate)
        for _ in 0..<100 {
            counter.increment()
            timing.record(milliseconds: 1)
        }
        let report = try client.shutdownBlocking()
        #expect(report.lost == 0)
        #expect(client.sent[.counter] == row.kept && client.sent[.timing] == row.kept)
    }
}
