import StatsClient
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import TestSupport
import Testing

/// A client and the socket on loopback that it sends to.
struct TestWire: ~Copyable {
    struct Event: Hashable, CustomStringConvertible {
        var type: MetricType
        /// `name{key:value,key:value}`, without braces where there are no tags.
        var label: String
        var value: Double

        init(_ type: MetricType, _ label: String, _ value: Double) {
            self.type = type
            self.label = label
            self.value = value
        }

        var description: String { "\(type.name) \(label) \(value)" }
    }

    let client: StatsClient
    private var socket: TestSocket

    init(_ change: (inout StatsClient.Configuration) -> Void = { _ in }) throws {
        let socket = try TestSocket()
        var configuration = StatsClient.Configuration()
        change(&configuration)
        client = try StatsClient(configuration: configuration, destination: socket.destination)
        self.socket = socket
    }

    /// Ends the client; every event that arrived, in order. What loopback took is in the socket by then.
    mutating func finish() throws -> [Event] {
        let report = try client.shutdownBlocking(within: .seconds(10))
        var receiver = StatsReceiver()
        var decoder = EventDecoder()
        var events: [Event] = []
        while let datagram = socket.next() {
            guard case .accepted(let header, _) = receiver.receive(datagram.span, from: SourceID(1), at: .start) else {
                continue
            }
            decoder.beginPacket(datagram.span, header: header)
            while true {
                let step = decoder.next(datagram.span)
                guard case .event(let event) = step else {
                    #expect(step == .end)
                    break
                }
                #expect(!event.flags.contains(.gaugeDelta), "a gauge's difference")
                let bytes = event.isInScratch ? decoder.scratch : datagram
                func text(_ range: ByteRange) -> String {
                    String(decoding: range.range.map { bytes[$0] }, as: UTF8.self)
                }
                let tags = text(event.tags)
                events.append(
                    Event(event.type, text(event.name) + (tags.isEmpty ? "" : "{\(tags)}"), event.value))
            }
        }
        #expect(UInt64(events.count) == report.sent, "the system lost what it had taken")
        return events
    }
}
