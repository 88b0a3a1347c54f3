import StatsBuffers
import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

@testable import StatsClient
@testable import StatsPipeline

/// Critical texts have a share of every pool of their own: whatever others flood it with.
@Suite("texts of critical events", .serialized) struct CriticalTextTests {
    @Test("others leave a quarter of a pool free, whatever their lengths and however texts come and go", arguments: 1...60 as ClosedRange<UInt64>)
    func share(seed: UInt64) {
        var load = RandomLoad(seed: seed)
        var pool = TextPool(capacity: 256 + load.draw(8000))
        let units = pool.criticalUnits
        var waiting: [UInt32] = []
        for _ in 0..<400 {
            let bytes = [UInt8](repeating: 1, count: load.draw(160))
            let range = ByteRange(0..<bytes.count)
            if load.draw(3) > 0 {
                if let text = pool.writer.store(bytes.span, text: range, leaving: units) { waiting.append(text) }
            } else if !waiting.isEmpty {
                pool.reader.giveBack(waiting.remove(at: load.draw(waiting.count)))
            }
        }
        // Until others find no room any more.
        let short = [UInt8](repeating: 1, count: 16)
        while let text = pool.writer.store(short.span, text: ByteRange(0..<16), leaving: units) { waiting.append(text) }
        guard waiting.count > 1 else { return }
        // Two units each; the pool's end may cut one of them off.
        var taken = 0
        while pool.writer.store(short.span, text: ByteRange(0..<16)) != nil { taken += 1 }
        #expect(taken >= units / 2 - 1 && taken > 0, "seed \(seed): \(taken) of \(units) units")
    }

    @Test("an empty pool takes any text up to half of it, wherever the last one ended", arguments: [64, 100, 1000, 17_408])
    func empty(capacity: Int) {
        var pool = TextPool(capacity: capacity)
        let long = [UInt8](repeating: 1, count: (capacity / 2 / 16 - 1) * 16)
        for round in 0..<200 {
            let text = pool.writer.store(long.span, text: ByteRange(0..<(long.count - round % 16 * long.count / 16)), leaving: pool.criticalUnits)
            #expect(text != nil, "\(round)")
            if let text { pool.reader.giveBack(text) }
        }
    }

    static let strategies: [DropStrategy] = [.newest, .oldest, .mixedWorkload, .highCardinality]

    @Test("in the pipeline: a flood of set members takes no critical text's place, nor one that is declared so", arguments: strategies)
    func pipeline(strategy: DropStrategy) throws {
        var driver = TestDriver {
            $0.dropStrategy = strategy
            $0.textCapacity = 1 << 14
            $0.priorities = PriorityRules(critical: ["vip"])
        }
        var refused = 0
        for round in 0..<400 {
            if driver.record(Offer(.set, "flood", text: "member number \(round) of the flood"), at: .start) != .buffered { refused += 1 }
        }
        #expect(refused > 0 || strategy == .mixedWorkload)
        // A quarter of 16 KiB: 85 texts of 48 bytes.
        for round in 0..<28 {
            for offer in [Offer(.event, "event \(round)"), Offer(.serviceCheck, "check \(round)"), Offer(.set, "vip", text: "vip \(round)")] {
                let result = driver.record(offer, at: .start)
                #expect(result == .buffered, "\(round)")
            }
            _ = driver.record(Offer(.set, "flood", text: "more of the flood, \(round)"), at: .start)
        }
        try driver.finish(at: .start)
        #expect(driver.delivered.counts[.event] == 28 && driver.delivered.counts[.serviceCheck] == 28)
        #expect(driver.pipeline.dropped.lost.counts[.event] + driver.pipeline.dropped.lost.counts[.serviceCheck] == 0)
        let vip = driver.data.flatMap(\.events).count { $0.name == "vip" }
        #expect(vip == 28)
    }

    @Test("live, behind a socket that stalls: the flood is refused by name, no event, check or declared member is", arguments: [1, 4])
    func live(threads: Int) throws {
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var receiver = LoopbackReceiver(socket)
        var configuration = StatsClient.Configuration()
        configuration.maximumSendWait = .seconds(60)
        configuration.batchSize = 1
        configuration.bufferCapacity = 64
        configuration.priorities = PriorityRules(critical: ["vip"])
        let client = try StatsClient(configuration: configuration, destination: .unix(path: path))
        let recorders = Recorders()
        try recorders.start(threads) { thread in
            let (flood, counter) = (client.memberSet("flood"), client.counter("flood.count"))
            for round in 0..<20_000 {
                flood.insert("member \(thread) \(round)")
                counter.increment()
            }
        }
        let isFlooded = LiveDeliveryTests.wait { recorders.count() == threads && client.ledger[.textPoolFull].counts[.set] > 0 }
        #expect(isFlooded)
        let vip = client.memberSet("vip")
        let flood = client.memberSet("flood")
        var refused = 0
        for round in 0..<60 {
            if client.recordEvent(title: "event \(round)", text: String(repeating: "x", count: 100)) != .buffered { refused += 1 }
            if client.recordServiceCheck("check \(round)", status: .warning) != .buffered { refused += 1 }
            if vip.insert("vip \(round)") != .buffered { refused += 1 }
            flood.insert("more \(round)")
        }
        #expect(refused == 0)
        let report = try receiver.shutDown(client)
        let received = receiver.totals.tally.counts
        #expect(received[.event] == 60 && received[.serviceCheck] == 60, "\(report)")
        #expect(report.losses.allSatisfy { $0.type != .event && $0.type != .serviceCheck }, "\(report)")
        #expect(received == client.sent && client.ledger[.textPoolFull].counts[.set] > 0)
    }
}
