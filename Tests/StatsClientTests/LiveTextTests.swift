import StatsModel
import StatsPipeline
import StatsWire
import SystemIO
import TestSupport
import Testing

@testable import StatsClient

/// The live client over a real socket.
@Suite(.serialized) struct LiveTextTests {
    @Test("every event that was sent arrives as a line, none malformed", arguments: [WireFormat.statsd, .dogstatsd])
    func loopback(_ format: WireFormat) throws {
        var socket = try TestSocket()
        let port = socket.port
        var configuration = StatsClient.Configuration()
        configuration.format = format
        let client = try StatsClient(configuration: configuration, destination: Destination(parsing: "127.0.0.1:\(port)"))
        let hits = client.counter("hits")
        let tagged = client.counter("tagged", tags: ["a": "b"])
        let level = client.gauge("level")
        let users = client.memberSet("users")
        for index in 0..<2000 {
            hits.increment()
            if index % 10 == 0 { tagged.increment(by: 2) }
            if index % 100 == 0 { level.set(Double(index) - 1000) }
            if index % 200 == 0 { users.insert("user \(index)") }
        }
        _ = client.recordEvent(title: "done", text: "two\nlines")
        let report = try client.shutdownBlocking()
        let taken = report.sent + report.lost
        #expect(taken == 2231)

        var counts: [String: Double] = [:]
        var lines = 0
        var decoder = EventDecoder()
        while let bytes = socket.next(timeout: .milliseconds(50)) {
            decoder.beginText(bytes.span)
            reading: while true {
                switch decoder.next(bytes.span) {
                case .event(let event):
                    lines += 1
                    counts[String(decoding: bytes[event.name.range], as: UTF8.self), default: 0] += event.type == .counter ? event.value : 1
                case .malformed(let reason, _): Issue.record("\(reason)")
                case .end: break reading
                }
            }
        }
        let isPlain = format == .statsd
        #expect(counts["hits"] == 2000 && counts["users"] == 10)
        #expect(counts["tagged"] == (isPlain ? nil : 400))
        #expect(counts["done"] == (isPlain ? nil : 1))
        // Ten of the levels are below zero, and take a line more where a sign means a change.
        #expect(counts["level"] == (isPlain ? 30 : 20))
        #expect(report.sent == (isPlain ? 2030 : 2231))
        #expect(UInt64(lines) == report.sent + (isPlain ? 10 : 0))
        let causes = report.losses.map { $0.cause }
        #expect(causes == (isPlain ? [.notInFormat, .notInFormat] : []))
    }

    @Test("what comes back because nobody listens is counted as lost, not as sent", arguments: Loopback.hosts)
    func refused(host: String) throws {
        let port = try Loopback.freePort(of: host)
        var configuration = StatsClient.Configuration()
        configuration.format = .dogstatsd
        let client = try StatsClient(configuration: configuration, destination: .udp(host: host, port: port))
        let hits = client.counter("hits")
        for _ in 0..<3 {
            hits.increment()
            try client.flushBlocking()
        }
        let report = try client.shutdownBlocking()
        #expect(report.sent == 0)
        let causes = report.losses.map { "\($0.cause.name) \($0.count)" }
        #expect(causes == ["send_failed 3"])
    }
}
