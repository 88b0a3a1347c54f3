import NIOCore
import NIOEmbedded
import StatsModel
import Testing

@testable import StatsEndpoint

/// What of a request reaches the decoder.
struct RequestBudgetTests {
    /// Bytes that the decoder gets of this text, read in pieces of that length, and what the gate says.
    static func passed(_ text: String, piece: Int) throws -> (bytes: Int, refusal: RequestBudget.Refusal?) {
        final class Listener: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            var count = 0
            var refusal: RequestBudget.Refusal?
            func channelRead(context: ChannelHandlerContext, data: NIOAny) { count += unwrapInboundIn(data).readableBytes }
            func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
                if case RequestEvent.refused(let refusal) = event { self.refusal = refusal }
            }
        }
        let channel = EmbeddedChannel()
        let listener = Listener()
        try channel.pipeline.syncOperations.addHandler(RequestGate())
        try channel.pipeline.syncOperations.addHandler(listener)
        var bytes = ByteBuffer(string: text)
        while let slice = bytes.readSlice(length: min(piece, bytes.readableBytes)), slice.readableBytes > 0 {
            try channel.writeInbound(slice)
        }
        _ = try? channel.finish()
        return (listener.count, listener.refusal)
    }

    @Test("a head of 8192 bytes passes, one of a byte more does not", arguments: [1, 7, 4096, 1 << 20])
    func heads(piece: Int) throws {
        let line = "GET /metrics HTTP/1.1\r\n"
        func head(_ count: Int) -> String {
            let padding = count - line.utf8.count - "X: \r\n\r\n".utf8.count
            return line + "X: " + String(repeating: "x", count: padding) + "\r\n\r\n"
        }
        #expect(head(8192).utf8.count == 8192)
        let fits = try Self.passed(head(8192), piece: piece)
        #expect(fits == (8192, nil))
        let large = try Self.passed(head(8193), piece: piece)
        #expect(large.bytes <= 8192 && large.refusal == .headerFieldsTooLarge)
    }

    @Test(
        "of a megabyte without an end the decoder gets 8 KiB at most, whatever it is made of",
        arguments: ["x", "\n", "\r\n", "x: y\r\n", "a=b&", "GET / HTTP/1.1\r\n"], [100, 16_384, 1 << 20])
    func bombs(unit: String, piece: Int) throws {
        let text = String(repeating: unit, count: (1 << 20) / unit.utf8.count)
        let result = try Self.passed(text, piece: piece)
        #expect(result.bytes <= 8192 && result.refusal != nil)
        let isLine = !unit.utf8.contains(UInt8(ascii: "\n"))
        #expect((result.refusal == .uriTooLong) == isLine)
    }

    @Test("a body has a limit of its own, and the next request starts anew")
    func bodies() throws {
        var budget = RequestBudget()
        for _ in 0..<3 {
            #expect(budget.isUntouched)
            let head = try budget.take(available: 9000, lineLength: 8192)
            #expect(head == 8192 && !budget.isUntouched)
            budget.headIsComplete()
            let first = try budget.take(available: 8000, lineLength: nil)
            let second = try budget.take(available: 8000, lineLength: 1)
            #expect(first == 8000 && second == 192, "what is behind the body may be the next request")
            #expect(throws: RequestBudget.Refusal.contentTooLarge) { try budget.take(available: 1, lineLength: 1) }
            budget.requestIsComplete()
        }
    }
}

/// Which connection gives way.
struct ConnectionTableTests {
    @Test("a full table gives the place of the connection that waited longest for its client, by stage first")
    func order() {
        var table = ConnectionTable(limit: 4)
        for id in 1...4 {
            let admission = table.admit(id)
            #expect(admission == .admitted)
        }
        table.move(1, to: .profiling)
        table.move(2, to: .sending)
        table.move(3, to: .receiving)
        table.move(4, to: .idle)
        #expect(table.admit(5) == .replaces(4))
        #expect(table.admit(6) == .replaces(5), "the only one between requests")
        table.move(6, to: .sending)
        #expect(table.admit(7) == .replaces(3))
        table.move(7, to: .sending)
        #expect(table.admit(8) == .replaces(2), "the first of those that send")
        for id in [6, 7, 8] { table.move(id, to: .profiling) }
        #expect(table.admit(9) == .refused && table.count == 4)
        table.remove(7)
        #expect(table.admit(10) == .admitted)
        #expect(table.canGiveWay && table.giveWay() == 10 && table.count == 3, "as where all places are taken")
        #expect(!table.canGiveWay && table.giveWay() == nil && table.count == 3, "a profile stays")
        #expect(table.admit(11) == .admitted)
        // One that was replaced is gone, whatever it still says.
        table.move(2, to: .idle)
        table.remove(2)
        #expect(table.count == 4)
    }

    @Test("there are never more than the limit, and a profile never gives way", arguments: 0..<50 as Range<UInt64>)
    func property(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var table = ConnectionTable(limit: 1 + Int(seed % 7))
        var stages: [Int: ConnectionTable.Stage] = [:]
        for step in 0..<500 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            let known = stages.keys.sorted()
            let id = known.isEmpty ? nil : known[Int(draw >> 8) % known.count]
            switch draw % 4 {
            case 0, 1:
                let new = Int(step) + 1
                switch table.admit(new) {
                case .admitted: stages[new] = .idle
                case .replaces(let old):
                    let lowest = stages.values.min()
                    #expect(stages[old] == lowest && lowest != .profiling, "seed \(seed)")
                    stages[old] = nil
                    stages[new] = .idle
                case .refused:
                    #expect(stages.count == table.limit && stages.values.allSatisfy { $0 == .profiling }, "seed \(seed)")
                }
            case 2:
                guard let id, let stage = ConnectionTable.Stage(rawValue: Int(draw >> 40) % 4) else { continue }
                table.move(id, to: stage)
                stages[id] = stage
            default:
                guard let id else { continue }
                table.remove(id)
                stages[id] = nil
            }
            #expect(table.count == stages.count && table.count <= table.limit, "seed \(seed)")
        }
    }
}

/// Whose turn it is.
struct TurnQueueTests {
    @Test("four at a time have their turn, in the order in which they came, each once until it comes again")
    func order() {
        var queue = TurnQueue()
        #expect(queue.isEmpty && queue.take() == [])
        for id in [7, 3, 9, 3, 1, 2, 7] { queue.append(id) }
        queue.remove(9)
        queue.remove(100)
        #expect(queue.take() == [7, 3, 1, 2] && queue.isEmpty)
        for id in [5, 6, 7, 8, 9, 10] { queue.append(id) }
        #expect(queue.take() == [5, 6, 7, 8])
        queue.append(5)
        #expect(!queue.isEmpty && queue.take() == [9, 10, 5] && queue.isEmpty)
    }
}

/// Targets of requests.
struct RequestTargetTests {
    @Test(
        "path and values are found in every form of a target",
        arguments: [
            ("/metrics", "/metrics", nil), ("/metrics?", "/metrics", nil), ("/metrics?format", "/metrics", ""),
            ("/metrics?format=json", "/metrics", "json"), ("/metrics?a=b&format=json&c", "/metrics", "json"),
            ("/metrics?format=a&format=b", "/metrics", "b"), ("/metrics?xformat=a&formatx=b", "/metrics", nil),
            ("/metrics?format=j%73on%2", "/metrics", "json%2"), ("/metrics?format=%zz%", "/metrics", "%zz%"),
            ("/metrics?format=a=b?c", "/metrics", "a=b?c"), ("http://localhost:1/metrics?format=x", "/metrics", "x"),
            ("http://localhost", "/", nil), ("http://localhost?format=1", "", "1"), ("*", "*", nil), ("", "", nil),
        ] as [(String, String, String?)])
    func forms(text: String, path: String, format: String?) {
        let target = RequestTarget(text)
        #expect(target.path == path)
        #expect(target.value(of: "format") == format)
    }
}
