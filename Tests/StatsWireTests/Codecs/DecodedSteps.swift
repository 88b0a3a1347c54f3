import StatsModel
import StatsWire
import Testing

/// What a decoder made of some bytes, one line of text a step, so that tables can be read.
///
/// `type name value`, then what differs from the default: `delta`, `@rate`, `#tags`, `at nanoseconds`, `"text"`,
/// `escaped`, `|extra`, `(scratch)`. A refusal reads `! reason: bytes`.
enum DecodedSteps {
    static func ofText(_ text: String) -> [String] { ofText(Array(text.utf8)) }

    static func ofText(_ bytes: [UInt8]) -> [String] {
        var decoder = EventDecoder()
        decoder.beginText(bytes.span)
        return drain(&decoder, bytes)
    }

    static func ofPacket(_ bytes: [UInt8]) throws(PacketFault) -> [String] {
        var decoder = EventDecoder()
        decoder.beginPacket(bytes.span, header: try PacketHeader(decoding: bytes.span))
        return drain(&decoder, bytes)
    }

    /// Runs a decoder to its end, which must come within `bytes.count + 3` steps.
    static func drain(_ decoder: inout EventDecoder, _ bytes: [UInt8]) -> [String] {
        var steps: [String] = []
        while steps.count <= bytes.count + 3 {
            switch decoder.next(bytes.span) {
            case .event(let event):
                steps.append(describe(event, in: event.isInScratch ? decoder.scratch : bytes))
            case .malformed(let reason, let range):
                steps.append("! \(reason.name): \(string(bytes, range))")
            case .end:
                #expect(decoder.next(bytes.span) == .end, "the end stays the end")
                return steps
            }
        }
        Issue.record("no end after \(steps.count) steps of \(bytes)")
        return steps
    }

    static func describe(_ event: DecodedEvent, in bytes: [UInt8]) -> String {
        var parts = [event.type.name, string(bytes, event.name)]
        switch event.type {
        case .set, .event: if event.value != 0 { parts.append("value \(event.value)") }
        case .counter, .gauge, .timing, .histogram, .distribution, .serviceCheck: parts.append("\(event.value)")
        }
        if event.flags.contains(.gaugeDelta) { parts.append("delta") }
        if event.rate != 1 { parts.append("@\(event.rate)") }
        if !event.tags.isEmpty { parts.append("#\(string(bytes, event.tags))") }
        if event.timestamp != 0 { parts.append("at \(event.timestamp)") }
        if event.flags.contains(.explicitTimestamp) != (event.timestamp != 0) { parts.append("explicit \(event.flags)") }
        if !event.text.isEmpty { parts.append("\"\(string(bytes, event.text))\"") }
        if event.flags.contains(.escapedText) { parts.append("escaped") }
        if event.count != 1 { parts.append("count \(event.count)") }
        if !event.extra.isEmpty { parts.append("|\(string(bytes, event.extra))") }
        if event.isInScratch { parts.append("(scratch)") }
        return parts.joined(separator: " ")
    }

    static func string(_ bytes: [UInt8], _ range: ByteRange) -> String {
        String(decoding: bytes[range.range], as: UTF8.self)
    }
}

/// A datagram of text and what its lines say.
struct TextRow: CustomTestStringConvertible, Sendable {
    let text: String
    let steps: [String]

    init(_ text: String, _ steps: String...) {
        self.text = text
        self.steps = steps
    }

    var testDescription: String { text.debugDescription }

    func check() { #expect(DecodedSteps.ofText(text) == steps) }
}
