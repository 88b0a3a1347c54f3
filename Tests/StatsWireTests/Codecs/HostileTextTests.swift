import StatsModel
import StatsWire
import Testing

/// Inputs that fuzzing found, or that are too long for it.
@Suite struct HostileTextTests {
    private func steps(_ text: [UInt8]) -> [DecodeStep] {
        var decoder = EventDecoder()
        var steps: [DecodeStep] = []
        decoder.beginText(text.span)
        while true {
            let step = decoder.next(text.span)
            if step == .end { return steps }
            steps.append(step)
        }
    }

    @Test("a line of thousands of empty packs takes no stack", arguments: ["::|c", "::|c|@1", ":|c"])
    func emptyPacks(pack: String) {
        let text = Array("a".utf8) + Array(String(repeating: pack, count: 60_000 / pack.utf8.count).utf8) + Array("\nb:1|c".utf8)
        let found = steps(text)
        guard case .event(let last) = found.last else {
            Issue.record("the line behind the hostile one is lost")
            return
        }
        #expect(last.type == .counter)
        #expect(last.value == 1)
    }

    @Test("a set's member stays its member where the fields kept as they stand are apart")
    func setWithScatteredFields() throws {
        let text = Array("x:1|c\nusers:alice|s|c:box|#a:b|card:low".utf8)
        var decoder = EventDecoder()
        decoder.beginText(text.span)
        _ = decoder.next(text.span)
        guard case .event(let event) = decoder.next(text.span) else {
            Issue.record("the set is not read")
            return
        }
        let bytes = event.isInScratch ? decoder.scratch : text
        let strings = [event.name, event.tags, event.text, event.extra].map { String(decoding: bytes[$0.range], as: UTF8.self) }
        #expect(strings == ["users", "a:b", "alice", "c:box|card:low"])
    }

    @Test("a refused value is reported where its own line stands, wherever the line's strings went")
    func refusedPlace() {
        let text = Array("first:1|c\nx:1:no|c|c:box|#a:b|card:low".utf8)
        let refused = steps(text).compactMap { step in
            if case .malformed(let reason, let place) = step { (reason, place) } else { nil }
        }
        #expect(refused.map(\.0) == [.badValue])
        #expect(refused.map(\.1) == [ByteRange(10..<text.count)])
    }
}
