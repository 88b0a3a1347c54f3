import Foundation
import NIOCore
import NIOEmbedded
import StatsModel
import Testing

@testable import StatsEndpoint

/// One connection under clients that are slow, long-winded or hostile. Time is the event loop's.
struct ConnectionTests {
    static let get = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(
        "what is beyond 8 KiB is refused by its kind, and the connection closes",
        arguments: [
            ("GET /metrics HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n", 431),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: 20_000))\r\n", 431),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: \(String(repeating: "text/plain,", count: 8400))\r\n\r\n", 431),
            ("GET /metrics?\(String(repeating: "a=b&", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ("\(String(repeating: "G", count: 10_000))", 414),
            // The decoder's own limit of 256 fields.
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: 1000))\r\n", 431),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 8193\r\n\r\n", 413),
            ("GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\nExpect: 100-continue\r\n\r\n", 413),
            ("POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n\(String(repeating: "x", count: 16_384))\r\n0\r\n\r\n", 413),
            ("POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;\(String(repeating: "x", count: 9000))", 413),
        ])
    func limits(text: String, status: Int) throws {
        let connection = try TestConnection()
        connection.send(text)
        let answer = connection.output()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(200))")
        #expect(answer.contains("\r\nConnection: close\r\n") && answer.hasSuffix("\n"))
        #expect(!connection.isOpen && connection.pool.count == 0)
    }

    @Test(
        "what is no HTTP is refused with 400, in one sentence",
        arguments: [
            ("\0\u{1}nonsense\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("GET /health HTTP/1.1\r\n: x\r\n\r\n", 400),
            ("GET /health HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400), ("GET /health HTTP/1.1\r\n\r\n", 400),
            ("GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET /health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            // The decoder calls this a version.
            ("GET /health HTTP/1.1\nHost: x\n\n", 400), ("GET /health HTTP/1.0\n\n", 400),
            ("\r\nGET /health HTTP/1.1\nHost: x\n\n", 400), ("GET /health HTTP/1.1\r\nHost: x\n\n", 400),
            ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}", 400),
        ])
    func malformed(text: String, status: Int) throws {
        let connection = try TestConnection()
        connection.send(text)
        let answers = connection.statuses()
        #expect(answers == [status])
    }

    @Test("random bytes and damaged requests end in an answer or in waiting, and time ends the waiting", arguments: 0..<300 as Range<UInt64>)
    func hostile(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        let connection = try TestConnection()
        var bytes = Array("GET /metrics?format=json HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nContent-Length: 3\r\n\r\nabc\(Self.get)".utf8)
        if seed % 3 == 0 { bytes = (0..<400).map { UInt8(truncatingIfNeeded: random.draw(rule: 1, flow: 0, sequence: $0)) } }
        for index in 0..<(seed % 9) {
            let draw = random.draw(rule: 2, flow: 0, sequence: index)
            bytes[Int(draw % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: draw >> 32)
        }
        var start = 0
        var piece: UInt64 = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + Int(random.draw(rule: 3, flow: 0, sequence: piece) % 50))
            connection.send(Array(bytes[start..<end]))
            (start, piece) = (end, piece + 1)
        }
        let statuses = connection.statuses()
        #expect(statuses.allSatisfy { [200, 400, 404, 405, 413, 414, 431, 503, 505].contains($0) }, "seed \(seed): \(statuses)")
        // Whatever state it is in, it does not stay for ever.
        connection.advance(by: .seconds(200))
        #expect(!connection.isOpen && connection.pool.count == 0, "seed \(seed)")
    }

    @Test("a request that comes byte by byte has its time as a whole, and then 408")
    func slowRequest() throws {
        let connection = try TestConnection { $0.requestTimeout = .seconds(10) }
        // A byte a second would keep a time-out between bytes from ever coming.
        for byte in Array("GET /heal".utf8) {
            connection.send([byte])
            connection.advance(by: .seconds(1))
        }
        #expect(connection.isOpen)
        connection.advance(by: .milliseconds(999))
        #expect(connection.isOpen)
        connection.advance(by: .milliseconds(1))
        let statuses = connection.statuses()
        #expect(statuses == [408] && !connection.isOpen)
    }

    @Test("a body that does not come has the same time")
    func slowBody() throws {
        let connection = try TestConnection()
        connection.send("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        connection.advance(by: .seconds(10))
        let statuses = connection.statuses()
        #expect(statuses == [408] && !connection.isOpen)
    }

    @Test("a connection that says nothing closes without a word, sooner before its first request than between two")
    func silence() throws {
        let first = try TestConnection()
        first.advance(by: .seconds(10))
        #expect(!first.isOpen && first.output().isEmpty)
        let later = try TestConnection()
        later.send(Self.get)
        let statuses = later.statuses()
        #expect(statuses == [200])
        later.advance(by: .seconds(89))
        #expect(later.isOpen)
        later.send(Self.get)
        later.advance(by: .seconds(89))
        #expect(later.isOpen, "the time begins anew with each answer")
        later.advance(by: .seconds(1))
        #expect(!later.isOpen)
    }

    @Test("a client that reads nothing gets one answer, however many it asked for, and then no time")
    func slowReader() throws {
        let connection = try TestConnection()
        connection.network.isBlocked = true
        let many = String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 400)
        for _ in 0..<100 { connection.send(many) }
        var statuses = connection.statuses()
        #expect(statuses == [200], "the next is not even made")
        connection.network.complete()
        connection.turn()
        statuses = connection.statuses()
        #expect(statuses == [200], "after that one more")
        connection.advance(by: .seconds(90))
        #expect(!connection.isOpen)
    }

    @Test("requests that came together are answered in their order, each after the other left")
    func pipelining() throws {
        let connection = try TestConnection()
        connection.network.isBlocked = true
        connection.send("\(Self.get)GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nHEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.endInput()
        var statuses: [[Int]] = []
        for _ in 0..<3 {
            statuses.append(connection.statuses())
            connection.network.complete()
            connection.turn()
        }
        #expect(statuses == [[200], [404], [200]])
        #expect(!connection.isOpen, "the client's end came before")
    }

    @Test("of requests that were sent ahead each connection has one answered in a turn, and others need not wait for a turn")
    func turns() throws {
        let first = try TestConnection()
        let connections = [first] + (try (1..<10).map { _ in try TestConnection(beside: first) })
        let many = String(repeating: Self.get, count: 400)
        for connection in connections { connection.send(many) }
        var counts = connections.map { $0.statuses().count }
        #expect(counts == Array(repeating: 1, count: 10), "the first is answered as it comes")
        let other = try TestConnection(beside: first)
        for round in 0..<3 {
            first.turn()
            counts = connections.map { $0.statuses().count }
            // Four of ten have each turn, in order.
            let have = Set((0..<4).map { (round * 4 + $0) % 10 })
            #expect(counts == (0..<10).map { have.contains($0) ? 1 : 0 }, "round \(round)")
            other.send(Self.get)
            let statuses = other.statuses()
            #expect(statuses == [200])
        }
        // Who closes waits no more, so the first has its turn at once, although eight waited before it.
        for connection in connections.dropFirst() { connection.channel.close(promise: nil) }
        for _ in 0..<397 { first.turn() }
        #expect(first.statuses().count == 400 - 3, "all of them are answered")
        #expect(first.isOpen && first.pool.count == 2)
    }

    @Test("a connection that waits for its turn is closed with what it holds", arguments: [false, true])
    func closedWhileQueued(isPool: Bool) throws {
        let connection = try TestConnection()
        connection.send(String(repeating: Self.get, count: 100))
        connection.turn()
        if isPool { connection.pool.closeAll() } else { connection.channel.close(promise: nil) }
        #expect(!connection.isOpen && connection.pool.count == 0)
        let before = connection.statuses()
        for _ in 0..<10 { connection.turn() }
        let after = connection.statuses()
        #expect(before == [200, 200] && after == [])
    }

    @Test("an end of input behind requests ends the connection after their answers, a request without its end included")
    func endBehindRequests() throws {
        for rest in ["", "GET /hea", "GET /health HTTP/1.1\r\nHost: x\r\n"] {
            let connection = try TestConnection()
            connection.send(String(repeating: Self.get, count: 5) + rest)
            connection.endInput()
            for _ in 0..<5 { connection.turn() }
            // What the decoder says of the rest when the connection has closed reaches nobody.
            let statuses = connection.statuses().prefix(5)
            #expect(statuses == [200, 200, 200, 200, 200] && !connection.isOpen, "\(rest)")
        }
    }

    @Test("of more than 64 KiB that come at once with the end of input the complete requests in front are answered")
    func cut() throws {
        let connection = try TestConnection()
        let piece = String(repeating: Self.get, count: 16_384 / Self.get.utf8.count)
        for _ in 0..<20 { connection.send(piece) }
        connection.endInput()
        for _ in 0..<3000 { connection.turn() }
        let statuses = connection.statuses()
        let most = RequestGate.heldLimit / Self.get.utf8.count + 1
        #expect(statuses.allSatisfy { $0 == 200 } && (most - 500...most).contains(statuses.count), "\(statuses.count)")
        #expect(!connection.isOpen)
    }

    @Test("nothing is read from a client that has sent 48 KiB ahead, until some of it is answered")
    func fullGate() throws {
        final class Reads: ChannelOutboundHandler {
            typealias OutboundIn = IOData
            var count = 0
            func read(context: ChannelHandlerContext) {
                count += 1
                context.read()
            }
        }
        let connection = try TestConnection()
        let reads = Reads()
        try connection.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        connection.network.isBlocked = true
        let piece = String(repeating: Self.get, count: 4096 / Self.get.utf8.count)
        var counts: [Int] = []
        for _ in 0..<15 {
            reads.count = 0
            connection.send(piece)
            connection.channel.read()
            counts.append(min(1, reads.count))
        }
        let full = (RequestGate.heldLimit - RequestGate.readLimit) / piece.utf8.count
        #expect(counts == (0..<15).map { $0 < full ? 1 : 0 }, "\(counts)")
        reads.count = 0
        connection.network.unblock()
        for _ in 0..<2000 { connection.turn() }
        #expect(reads.count > 0)
        let statuses = connection.statuses()
        #expect(statuses.count == 15 * (4096 / Self.get.utf8.count))
    }

    @Test(
        "a connection stays open as its version and its header fields have it",
        arguments: [
            ("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", true, nil),
            ("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false, "close"),
            ("GET /health HTTP/1.0\r\n\r\n", false, "close"),
            ("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "keep-alive"),
            ("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", false, "close"),
            ("GET /health HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", false, "close"),
            ("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", false, "close"),
        ] as [(String, Bool, String?)])
    func keepAlive(text: String, isOpen: Bool, field: String?) throws {
        let connection = try TestConnection()
        connection.send(text)
        let answer = connection.output()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer)")
        #expect(connection.isOpen == isOpen)
        #expect(answer.contains("\r\nConnection: ") == (field != nil))
        if let field { #expect(answer.contains("\r\nConnection: \(field)\r\n")) }
        connection.send(Self.get)
        let statuses = connection.statuses()
        #expect(statuses == (isOpen ? [200] : []))
    }

    @Test("a request line is judged by how it ends, in whatever pieces it comes", arguments: ["\r\n", "\n"], 1...30)
    func lineEnds(end: String, piece: Int) throws {
        let connection = try TestConnection()
        var bytes = Array("GET /health HTTP/1.1\(end)Host: x\r\n\r\n".utf8)[...]
        while !bytes.isEmpty {
            connection.send(Array(bytes.prefix(piece)))
            bytes = bytes.dropFirst(piece)
        }
        let answer = connection.output()
        #expect(answer.hasPrefix("HTTP/1.1 \(end == "\n" ? 400 : 200) "), "\(answer)")
    }

    @Test("a version that is not known is refused", arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/3.1"])
    func unknownVersions(version: String) throws {
        let connection = try TestConnection()
        connection.send("GET /health \(version)\r\nHost: x\r\n\r\n")
        let statuses = connection.statuses()
        #expect(statuses == [505] && !connection.isOpen)
    }

    @Test("the preface of HTTP/2 is refused")
    func versions() throws {
        let connection = try TestConnection()
        connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        let statuses = connection.statuses()
        #expect(statuses.count == 1 && statuses.allSatisfy { [400, 505].contains($0) } && !connection.isOpen)
    }

    @Test("a value of the request that is shown again is cut and steers no terminal")
    func quotes() throws {
        let connection = try TestConnection()
        connection.send("GET /metrics?format=%1b%5b2J\(String(repeating: "y", count: 5000)) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = connection.output()
        #expect(answer.hasSuffix("format is '?[2J\(String(repeating: "y", count: 36))...'; there are prometheus and json\n"), "\(answer)")
    }
}
