import PacketCapture
import StatsModel
import StatsWire

/// Properties of any text datagram: decoding ends, every range lies inside the datagram, a line does not affect its neighbours,
/// and decoded events survive both codecs.
enum TextProperties {
    private static let sentinel = Array("fuzz.sentinel:1|c".utf8)

    static func check(_ bytes: [UInt8]) {
        let events = decode(bytes)
        require(events == decode(bytes), "decoding the same text again gives the same")
        checkNeighbours(bytes, events)
        let sound = events.compactMap { $0 }
        for codec in PacketCodec.allCases where codec != .none { CodecRoundTrip.check(sound, codec: codec) }
    }

    /// Decodes all steps and checks each: an event, or nil for a refused line.
    static func decode(_ bytes: [UInt8]) -> [PlainEvent?] {
        var events: [PlainEvent?] = []
        var decoder = EventDecoder()
        decoder.beginText(bytes.span)
        while true {
            let step = decoder.next(bytes.span)
            StepCheck.check(step, byteCount: bytes.count, scratchCount: decoder.scratch.count)
            switch step {
            case .end:
                require(decoder.next(bytes.span) == .end, "the end of a text is not its end")
                return events
            case .event(let event): events.append(PlainEvent(event, in: event.isInScratch ? decoder.scratch : bytes))
            case .malformed: events.append(nil)
            }
            // A line or a packed value takes at least a byte and a separator.
            require(events.count <= bytes.count, "\(bytes.count) bytes of text gave \(events.count) steps and no end")
        }
    }

    /// A line before or after the others is decoded, and the others are decoded as before.
    private static func checkNeighbours(_ bytes: [UInt8], _ events: [PlainEvent?]) {
        let newline = [UInt8(ascii: "\n")]
        let alone = decode(sentinel)
        require(alone.count == 1 && alone[0]?.type == .counter, "a sound line is refused")
        require(decode(bytes + newline + sentinel) == events + alone, "a line behind is lost, or changes the others")
        require(decode(sentinel + newline + bytes) == alone + events, "a line in front is lost, or changes the others")
    }

    /// Lines of every type and field, broken ones among them, and payloads of real clients.
    static func seeds(captures: [String]) -> [[UInt8]] {
        lines.map { Array($0.utf8) } + [Array(lines.joined(separator: "\n").utf8)] + captures.flatMap(payloads)
    }

    private static let lines = [
        "http.requests:1|c|@0.1|#env:prod,host:a", "memory.used:-3.5|g", "memory.used:+2|g|T1700000000",
        "db.wait:12:13.5:1e2|ms|@0.5", "size:4|h|c:ci-0123|e:it-false,cn-a|card:low", "size:4|d", "users:alice|s",
        "_e{5,8}:title|text\\nok|d:1700000000|h:host|k:key|p:low|s:source|t:error|#a,b", "_e{3,0}:abc|",
        "_sc|db.up|2|d:1700000000|h:host|#a:b|m:no answer\\nat all", "a:3|ms:6|ms:4|ms", "a:21::22|c", "a:|c", ":1|c",
        "a:1|", "a:1|q", "a:nan|c", "a:1|c|@0", "a:1|c|@2", "_e{9,9}:a|b", "_e{,}:|", "_sc||0", "_sc|a|7", "\r", "a", "m:1|m",
    ]

    /// The first payloads of a capture, one of each length.
    private static func payloads(of path: String) -> [[UInt8]] {
        var found: [Int: [UInt8]] = [:]
        do throws(CaptureError) {
            var reader = try DatagramReader(path: path)
            while let datagram = try reader.next(), reader.notes.packets < 2000 {
                guard found.count < 60 else { break }
                if found[datagram.payloadCount] == nil { found[datagram.payloadCount] = reader.withPayload { Bytes.copy($0) } }
            }
        } catch {
            // A missing seed does not matter here. Other tests check that captures can be read.
        }
        return found.keys.sorted().compactMap { found[$0] }
    }
}
