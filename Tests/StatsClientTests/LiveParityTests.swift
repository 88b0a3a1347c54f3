import StatsClient
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

/// Parity over real sockets: the datagrams that the test throws away are recovered.
@Suite(.serialized) struct LiveParityTests {
    @Test("a live client's packets come back from its parities, every event of them", arguments: [1, 2, 3])
    func rebuilds(parityCount: Int) throws {
        var socket = try TestSocket()
        var configuration = StatsClient.Configuration(preset: .parity)
        configuration.parity = ParityConfiguration(groupSize: 8, parityCount: parityCount, interleave: 1)
        configuration.batchSize = 20
        let client = try StatsClient(configuration: configuration, destination: socket.destination)
        let timing = client.timing("live.parity", tags: ["of": "\(parityCount)"])
        for number in 0..<3000 { timing.record(milliseconds: Double(number)) }
        _ = try client.shutdownBlocking()

        var listening = ReceiverConfiguration()
        listening.listensFromStart = true
        listening.parity = ParityDecoderConfiguration()
        var receiver = StatsReceiver(configuration: listening)
        var totals = EventTotals()
        var dropped: UInt64 = 0
        while let datagram = socket.next() {
            let header = try PacketHeader(decoding: datagram.span)
            // Of the eight packets of a group as many as it has parities.
            if header.kind == .data, header.sequence % 8 < UInt64(parityCount) {
                dropped += 1
                continue
            }
            if case .accepted(let header, _) = receiver.receive(datagram.span, from: SourceID(1), at: .start) {
                totals.record(packet: datagram.span, header: header)
            }
            while let rebuilt = receiver.pollRebuilt(at: .start) {
                guard case .accepted = rebuilt.outcome else { continue }
                receiver.withRebuilt { _ = totals.record(packet: $0, header: rebuilt.header) }
            }
        }
        receiver.finish(at: .start)
        let session = try #require(receiver.sessions.first)
        #expect(dropped > 10 && session.rebuilt == dropped && session.lost == 0)
        #expect(totals.tally.counts[.timing] == 3000)
        let metric = try #require(totals.metrics.first)
        #expect(metric.value == Double(3000 * 2999 / 2))
    }
}
