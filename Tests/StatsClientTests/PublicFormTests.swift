import Foundation
import StatsClient
import Testing

/// What a caller writes and reads: forms of tags, names in JSON, a host and a port.
struct PublicFormTests {
    @Test("both forms of tags name one metric, for handles and by name")
    func tags() async throws {
        let client = try StatsClient(host: "127.0.0.1", port: 9)
        client.counter("c", tags: ["b": "2", "a": "1"]).increment()
        client.counter("c", tags: [("a", "1"), ("b", "2")]).increment()
        client.increment("c", tags: ["a": "1", "b": "2"])
        client.increment("c", tags: [("b", "2"), ("a", "1")])
        #expect(client.exportMetrics().metricsKnown == 1)
        client.memberSet("s", tags: [("a", "1")]).insert("x")
        client.memberSet("s", tags: ["a": "1"]).insert("y")
        client.gauge("g", tags: [("a", "1")]).set(1)
        client.timing("t", tags: [("a", "1")]).record(.milliseconds(3))
        client.recordTiming("t", .milliseconds(3), tags: [("a", "1")])
        client.recordTiming("t", .milliseconds(3), tags: ["a": "1"])
        client.histogram("h", tags: [("a", "1")]).record(1)
        client.distribution("d", tags: [("a", "1")]).record(1)
        #expect(client.exportMetrics().metricsKnown == 6)
        #expect(client.recordEvent(title: "e", tags: [("a", "1")]) == .buffered)
        #expect(client.recordServiceCheck("check", status: .ok, tags: [("a", "1")]) == .buffered)
        let report = await client.shutdown(within: .milliseconds(100))
        #expect(report.sent + report.lost == 14)
    }

    @Test("JSON names states, causes and errors as it always did")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var metrics = StatsClient.Metrics(bufferCapacity: 16)
        metrics.droppedByCause = [.evictedForPriority: 2, .bufferFull: 1]
        metrics.circuitBreaker = .halfOpen
        metrics.sendErrorsByName = [.messageTooLong: 3, .wouldBlock: 1]
        metrics.recentEndToEndP99 = .milliseconds(3)
        let text = String(decoding: try encoder.encode(metrics), as: UTF8.self)
        #expect(text.contains(#""droppedByCause":{"buffer_full":1,"evicted_for_priority":2}"#), "\(text)")
        #expect(text.contains(#""circuitBreaker":"half_open""#), "\(text)")
        #expect(text.contains(#""recentEndToEndP99":3000000,"#), "\(text)")
        #expect(text.contains(#""sendErrorsByName":{"message_too_long":3,"would_block":1}"#), "\(text)")
        #expect(try JSONDecoder().decode(StatsClient.Metrics.self, from: Data(text.utf8)) == metrics)
        let health = String(decoding: try encoder.encode(StatsClient.Health(metrics)), as: UTF8.self)
        #expect(health.contains(#""status":"unhealthy""#), "\(health)")
        #expect(health.contains(#""endToEndP99":3000000,"#), "\(health)")
        let report = #"{"losses":[{"cause":"send_failed","count":3,"type":"service_check"}],"packetsUnconfirmed":0,"sent":7}"#
        let decoded = try JSONDecoder().decode(StatsClient.DeliveryReport.self, from: Data(report.utf8))
        #expect(decoded.losses.first?.cause == .sendFailed && decoded.losses.first?.type == .serviceCheck)
        #expect(String(decoding: try encoder.encode(decoded), as: UTF8.self) == report)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([LossCause].self, from: Data(#"["no_such_cause"]"#.utf8))
        }
    }

    @Test("a host and a port are a destination")
    func host() throws {
        let named = try StatsClient(host: "localhost")
        #expect(named.destination == .udp(host: "localhost", port: 8125))
        let numbered = try StatsClient(host: "::1", port: 9)
        #expect(numbered.destination == .udp(host: "::1", port: 9))
        for (host, port) in [("", 8125), ("127.0.0.1", 0)] as [(String, UInt16)] {
            #expect(throws: DestinationError.self) { try StatsClient(host: host, port: port) }
        }
        for client in [named, numbered] { _ = try client.shutdownBlocking(within: .zero) }
    }
}
