import StatsModel
import StatsPipeline
import StatsReceiver
import SystemIO
import TestSupport
import Testing

@testable import StatsClient

/// Metrics found by name and tags: the bytes decide, whatever the hash says.
@Suite struct LiveNamesTests {
    static func strings(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static func find(_ table: borrowing NameTable, _ hash: UInt64, _ texts: [String]) -> MetricID? {
        let texts = strings(texts)
        return NameTable.find(.counter, hash: hash, root: table.root) { entry in
            var offset = NameEntry.headerCount
            return entry.stringCount == texts.count && texts.allSatisfy { entry.takes($0.span, at: &offset) }
        }?.handle.metric
    }

    static func handle(_ number: Int) -> LiveHandle {
        LiveHandle(type: .counter, metric: MetricID(UInt32(number)), keyHash: UInt64(number))
    }

    @Test("two names with one hash stay two, and tables that grow lose none")
    func collisions() {
        let table = NameTable(entryLimit: 5000)
        table.allow(1 << 20)
        for number in 0..<3000 {
            // Sixteen names share each hash.
            table.insert(
                Self.handle(number), hash: UInt64(number / 16), strings: Self.strings(["name", "key", "\(number)"]))
        }
        #expect(table.count == 3000)
        for number in 0..<3000 {
            #expect(Self.find(table, UInt64(number / 16), ["name", "key", "\(number)"])?.index == number)
        }
        #expect(Self.find(table, 0, ["name", "key", "16"]) == nil, "another hash")
        #expect(Self.find(table, 0, ["name", "ke", "y1"]) == nil, "other borders")
        #expect(Self.find(table, 0, ["name"]) == nil)
    }

    @Test("what is beyond the limits is not kept, and takes nobody's place")
    func limits() {
        let table = NameTable(entryLimit: 4)
        table.allow(400)
        for number in 0..<10 {
            table.insert(Self.handle(number), hash: UInt64(number), strings: Self.strings(["n\(number)"]))
        }
        // Each takes 48 bytes, and 32 for the heap.
        #expect(table.count == 4)
        table.insert(Self.handle(0), hash: 0, strings: Self.strings(["n0"]))
        #expect(table.count == 4)
        for number in 0..<10 { #expect(Self.find(table, UInt64(number), ["n\(number)"])?.index == (number < 4 ? number : nil)) }
        let small = NameTable(entryLimit: 100)
        small.allow(159)
        for number in 0..<10 {
            small.insert(Self.handle(number), hash: UInt64(number), strings: Self.strings(["n\(number)"]))
        }
        #expect(small.count == 1)
    }

    @Test("the hash of names is keyed: another key, another hash; the same key, the same")
    func keys() {
        // Words as a process draws them: a factor that a small one masks may be 0.
        let (one, two, three): (UInt64, UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F)
        let keys = [NameHash.Key(first: one, second: two), NameHash.Key(first: three, second: two), NameHash.Key(first: one, second: three)]
        for length in 0...40 {
            let bytes = [UInt8](repeating: 7, count: length)
            let values = keys.map { key in
                var hash = NameHash(.counter, key: key)
                hash.add(bytes.span)
                hash.add([UInt8](repeating: 9, count: 3).span)
                return hash.value
            }
            #expect(Set(values).count == keys.count, "\(length) bytes")
        }
    }

    @Test("strings of any length hash by all of their bytes and by their borders")
    func hashes() {
        let random = KeyedRandom(seed: 7)
        var seen = Set<UInt64>()
        var count = 0
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: random.draw(rule: 1, flow: 0, sequence: UInt64($0))) }
            for changed in -1..<length {
                var copy = bytes
                if changed >= 0 { copy[changed] ^= 0x40 }
                var hash = NameHash(.counter)
                hash.add(copy.span)
                seen.insert(hash.value)
                count += 1
            }
        }
        #expect(seen.count == count, "one byte changed, or one byte more, is another hash")
        var one = NameHash(.gauge)
        one.add(Array("ab".utf8).span)
        one.add(Array("c".utf8).span)
        var two = NameHash(.gauge)
        two.add(Array("a".utf8).span)
        two.add(Array("bc".utf8).span)
        #expect(one.value != two.value)
    }

    @Test("by name, by dictionary, by pairs in any order and by handle it is one metric")
    func forms() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: port))
        let handle = client.counter("http.requests", tags: ["env": "prod", "code": "200"])
        for _ in 0..<3 {
            handle.increment()
            client.increment("http.requests", tags: ["env": "prod", "code": "200"])
            client.increment("http.requests", tags: [("env", "prod"), ("code", "200")])
            client.increment("http.requests", tags: [("code", "200"), ("env", "prod")])
            client.increment("http.requests", tags: [("code", "200"), ("env", "prod"), ("code", "200")])
        }
        // Of other type, tags or name it is another one.
        client.setGauge("http.requests", to: 1, tags: [("env", "prod"), ("code", "200")])
        client.increment("http.requests", tags: [("env", "prod"), ("code", "2000")])
        client.increment("http.requests", tags: [("env", "prodcode"), ("", "200")])
        client.increment("http.requests")
        try client.flushBlocking()
        receiver.turn(timeout: .seconds(5))
        let counts = receiver.totals.metrics.map { "\($0.type.name) \($0.label) \($0.events)" }
        #expect(
            counts == [
                "counter http.requests{code:200,env:prod} 15", "gauge http.requests{code:200,env:prod} 1",
                "counter http.requests{code:2000,env:prod} 1", "counter http.requests{:200,env:prodcode} 1",
                "counter http.requests 1",
            ])
        _ = try client.shutdownBlocking()
    }

    @Test("names beyond the metric limit are refused by name, known ones go on", arguments: [1, 4])
    func metricLimit(threads: Int) throws {
        var configuration = StatsClient.Configuration()
        configuration.metricLimit = 8
        configuration.threadBufferCapacity = 1 << 14
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: 9))
        let countdown = ThreadCountdown(threads: threads)
        for _ in 0..<threads {
            try WorkerThread.start(name: "names") {
                for round in 0..<1000 { client.increment("name.\(round % 10)", tags: [("tag", "value")]) }
                countdown.finish()
            }
        }
        while !countdown.isDone, !countdown.isOverdue { yieldProcessor() }
        #expect(countdown.isDone)
        #expect(client.ledger[.metricLimit].counts[.counter] == UInt64(threads * 200))
        #expect(client.core.names.count == 8)
        _ = try client.shutdownBlocking()
    }
}
