import StatsModel
import SystemIO
import Testing

@Suite struct DestinationTests {
    @Test(
        "a destination reads back as it was written",
        arguments: [
            ("localhost:8125", Destination.udp(host: "localhost", port: 8125)),
            ("192.0.2.1:1", .udp(host: "192.0.2.1", port: 1)), ("[::1]:65535", .udp(host: "::1", port: 65_535)),
            ("unix:/run/stats.sock", .unix(path: "/run/stats.sock")),
        ])
    func reads(text: String, destination: Destination) throws {
        let read = try Destination(parsing: text)
        #expect(read == destination)
        #expect(read.description == text)
    }

    @Test(
        "what is no destination is refused",
        arguments: ["", "host", "host:", ":1", "host:0", "host:65536", "host:+1", "::1:8125", "[]:1", "unix:relative", "a]:1"])
    func refuses(text: String) {
        #expect(throws: DestinationError.self) { try Destination(parsing: text) }
    }

    @Test("a batch arrives in order, each datagram with its own length")
    func batch() throws {
        let receiver = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let bound = receiver.localPort
        let port = try #require(bound)
        let sender = try DatagramSocket(connectingTo: .udp(host: "localhost", port: port))
        let bytes = (0..<60).map { UInt8($0) }
        let lengths: [UInt32] = [20, 1, 7]
        let result = sender.send(bytes.span, stride: 20, lengths: lengths.span)
        #expect(result == .sent(3))
        var buffer = [UInt8](repeating: 0, count: 100)
        for (index, length) in lengths.enumerated() {
            let isThere = receiver.waitToReceive(timeout: .seconds(5))
            let count = receiver.receive(into: &buffer)
            #expect(isThere && count == Int(length))
            #expect(buffer[0] == UInt8(index * 20))
        }
        let more = receiver.receive(into: &buffer)
        #expect(more == nil)
    }

    @Test("a wake-up that came before is not lost, and several count as one")
    func parking() throws {
        let spot = try ParkingSpot()
        for _ in 0..<100 { spot.wake() }
        #expect(spot.park(timeout: .seconds(5)))
        #expect(!spot.park(timeout: .zero))
    }
}
