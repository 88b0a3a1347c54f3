import StatsClient
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
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
    private let socket: DatagramSocket

    init(_ change: (inout StatsClient.Configuration) -> Void = { _ in }) throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        socket.setReceiveBuffer(byteCount: 1 << 22)
        guard let port = socket.localPort else { throw SystemError(action: "ask", subject: "the port", number: 22) }
        var configuration = StatsClient.Configuration()
        change(&configuration)
        client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        self.socket = socket
    }

    /// Ends the client; every event that arrived, in order. What loopback took is in the socket by then.
    func finish() throws -> [Event] {
        let report = try client.shutdownBlocking(within: .seconds(10))
        var receiver = StatsReceiver()
        var decoder = EventDecoder()
        var events: [Event] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while socket.waitToReceive(timeout: .zero), let count = socket.receive(into: &buffer) {
            let datagram = Array(buffer[..<count])
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
