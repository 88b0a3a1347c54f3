import StatsModel
import TestSupport
import Testing

@testable import StatsBuffers
@testable import StatsPipeline

@Suite struct TextPoolTests {
    /// What a stored text reads as: its four strings.
    static func strings(_ pool: borrowing TextPool, _ text: UInt32) -> [String] { strings(pool.reader, text) }

    static func strings(_ reader: borrowing TextReader, _ text: UInt32) -> [String] {
        reader.withText(text) { bytes, ranges in
            [ranges.name, ranges.tags, ranges.extra, ranges.text].map { range in
                String(decoding: range.range.map { bytes[$0] }, as: UTF8.self)
            }
        }
    }

    static func store(
        _ writer: inout TextWriter, _ strings: [String], isEscaped: Bool = false
    ) -> UInt32? {
        // A byte in front, so that ranges which forget their start are found out.
        var bytes: [UInt8] = [0xFF]
        let ranges = strings.map { string in
            bytes.append(contentsOf: string.utf8)
            return ByteRange(bytes.count - string.utf8.count..<bytes.count)
        }
        return writer.store(
            bytes.span, name: ranges[0], tags: ranges[1], extra: ranges[2], text: ranges[3], isEscaped: isEscaped)
    }

    @Test("four strings come back as they were stored", arguments: [
        ["", "", "", "member"], ["title", "a,b", "h:web|p:low", "text"], ["title", "", "", ""], ["", "", "", ""],
        ["a name of just sixteen", "b", "", String(repeating: "x", count: 33)],
    ])
    func roundTrip(strings: [String]) throws {
        var pool = TextPool(capacity: 1024)
        let text = try #require(Self.store(&pool.writer, strings))
        #expect(text != 0)
        #expect(Self.strings(pool, text) == strings)
    }

    @Test("escapes are stored as the line breaks they mean, and take their room")
    func unescapes() throws {
        // A header and 16 bytes are all there is beside the first text: the 18 escaped bytes fit only as 16.
        var pool = TextPool(capacity: 64)
        let first = try #require(Self.store(&pool.writer, ["", "", "", "a\\nb\\\\nc"], isEscaped: true))
        let second = try #require(Self.store(&pool.writer, ["", "", "", "0123456789abcd\\n\\n"], isEscaped: true))
        #expect(Self.strings(pool, first)[3] == "a\nb\\\nc")
        #expect(Self.strings(pool, second)[3] == "0123456789abcd\n\n")
        var raw = TextPool(capacity: 64)
        let kept = try #require(Self.store(&raw.writer, ["", "", "", "a\\nb"]))
        #expect(Self.strings(raw, kept)[3] == "a\\nb")
    }

    @Test("a full pool answers nil and takes again once room came back in order")
    func full() throws {
        var pool = TextPool(capacity: 96)
        let texts = try (0..<3).map { try #require(Self.store(&pool.writer, ["", "", "", "text \($0)"])) }
        #expect(Self.store(&pool.writer, ["", "", "", "no"]) == nil)
        pool.reader.giveBack(texts[1])
        #expect(Self.store(&pool.writer, ["", "", "", "no"]) == nil, "the first text holds the second's room back")
        pool.reader.giveBack(texts[0])
        let fourth = try #require(Self.store(&pool.writer, ["", "", "", "text 3"]))
        let fifth = try #require(Self.store(&pool.writer, ["", "", "", "text 4"]))
        #expect(Self.store(&pool.writer, ["", "", "", "no"]) == nil)
        for (text, number) in [(texts[2], 2), (fourth, 3), (fifth, 4)] {
            #expect(Self.strings(pool, text)[3] == "text \(number)")
        }
    }

    @Test("what is longer than the pool, or than 65 535 bytes, is refused and changes nothing")
    func tooLong() throws {
        var small = TextPool(capacity: 64)
        #expect(Self.store(&small.writer, ["", "", "", String(repeating: "x", count: 49)]) == nil)
        #expect(Self.store(&small.writer, ["", "", "", String(repeating: "x", count: 48)]) != nil)
        var large = TextPool(capacity: 1 << 18)
        #expect(Self.store(&large.writer, ["", "", "", String(repeating: "x", count: 65_536)]) == nil)
        let longest = try #require(Self.store(&large.writer, ["", "", "", String(repeating: "x", count: 65_535)]))
        #expect(Self.strings(large, longest)[3].utf8.count == 65_535)
    }

    @Test("stored and given back in any order, every text stays what it was", arguments: 0..<32 as Range<UInt64>)
    func model(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let capacity = 64 + Int(random.draw(rule: 0, flow: 0, sequence: 0) % 1000)
        var pool = TextPool(capacity: capacity)
        var stored: [(text: UInt32, strings: [String])] = []
        var refused = 0
        for step in 0..<2000 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            if draw % 100 < ((step / 200).isMultiple(of: 2) ? 65 : 35) {
                let strings = (0..<4 as Range<UInt64>).map {
                    String(repeating: "\(step % 10)", count: Int((draw >> (8 + 4 * $0)) % 16))
                }
                if let text = Self.store(&pool.writer, strings) {
                    #expect(!stored.contains { $0.text == text }, "seed \(seed): a number in use was given again")
                    stored.append((text, strings))
                } else {
                    refused += 1
                }
            } else if !stored.isEmpty {
                // Mostly near the oldest, as a ring does, but not always the oldest.
                let (text, strings) = stored.remove(at: Int((draw >> 32) % UInt64(min(stored.count, 3))))
                #expect(Self.strings(pool, text) == strings, "seed \(seed), step \(step)")
                pool.reader.giveBack(text)
            }
            let used = stored.reduce(0) { $0 + 16 + ($1.strings.joined().utf8.count + 15) / 16 * 16 }
            #expect(used <= capacity, "seed \(seed)")
        }
        for (text, strings) in stored { #expect(Self.strings(pool, text) == strings, "seed \(seed)") }
        #expect(refused > 0, "seed \(seed) never filled the pool")
        for (text, _) in stored { pool.reader.giveBack(text) }
        #expect(Self.store(&pool.writer, ["", "", "", String(repeating: "x", count: 16)]) != nil, "empty has room")
    }

    @Test("two threads: every text arrives whole, and room that was given back is used again", .timeLimit(.minutes(1)))
    func twoThreads() {
        let total: UInt64 = 200_000
        let ring = SPSCRing(capacity: 64)
        let storage = TextPoolStorage(capacity: 2048)
        let writer = TextWriter(storage)
        let thread = RunningThread(Ends(ring: ring.producer, texts: writer)) { ends in
            var number: UInt64 = 0
            var refusals = 0
            while number < total {
                let text = Self.text(number)
                guard !ends.ring.isFull,
                    let stored = ends.texts.store(text.span, text: ByteRange(0..<text.count))
                else {
                    refusals += 1
                    yieldProcessor()
                    continue
                }
                _ = ends.ring.push(StatEvent(metric: MetricID(0), value: 0, timestamp: Int64(number), text: stored))
                number += 1
            }
            return refusals
        }
        var consumer = ring.consumer
        var reader = TextReader(storage)
        var received: UInt64 = 0
        var wrong = 0
        while received < total {
            guard let event = consumer.peek() else {
                yieldProcessor()
                continue
            }
            let expected = Self.text(received)
            let isSame = reader.withText(event.text) { bytes, ranges in
                ranges.text.range.map { bytes[$0] } == expected
            }
            if !isSame || event.timestamp != Int64(received) { wrong += 1 }
            reader.giveBack(event.text)
            consumer.removeFirst()
            received += 1
        }
        #expect(thread.join() > 0, "the pool must have been full at times")
        #expect(wrong == 0)
    }

    struct Ends: ~Copyable, Sendable {
        var ring: RingProducer
        var texts: TextWriter
    }

    static func text(_ number: UInt64) -> [UInt8] {
        let count = Int(KeyedRandom.mix(number) % 90)
        return (0..<count).map { UInt8(truncatingIfNeeded: number &+ UInt64($0)) }
    }
}
