package import PacketCapture
import StatsModel
package import StatsWire

/// Which senders speak Datadog's dialect. A sender is a source address and port: two processes of one host may have clients
/// of two kinds.
///
/// Not known before the whole capture was looked at, unless a sender has shown itself. Until then whoever reads asks as it
/// goes, and begins again with a ``survey(_:)`` where a line came that depends on what is not known yet; so captures
/// without such lines are read once.
///
/// Bounded: beyond ``limit`` senders of Datadog's dialect all others are taken for such as well.
package struct SenderDialects: Sendable {
    package static let limit = 1 << 16

    private var datadog: Set<Endpoint> = []
    private var othersAreDatadog = false
    /// The whole capture was looked at.
    private var isWhole = false
    /// Most datagrams come from the source of the one before.
    private var latest: (source: Endpoint, isDatadog: Bool)?

    package init() {}

    /// What a sender speaks; nil where that is not known yet. O(1).
    package mutating func dialect(of source: Endpoint) -> TextDialect? {
        if isDatadog(source) { return .dogstatsd }
        return isWhole ? .statsd : nil
    }

    private mutating func isDatadog(_ source: Endpoint) -> Bool {
        if let latest, latest.source == source { return latest.isDatadog }
        let answer = othersAreDatadog || datadog.contains(source)
        latest = (source, answer)
        return answer
    }

    /// What a datagram of this sender said.
    package mutating func record(_ signs: DialectSigns, of source: Endpoint) {
        guard signs.contains(.datadog), !isDatadog(source) else { return }
        if datadog.count < Self.limit { datadog.insert(source) } else { othersAreDatadog = true }
        latest = (source, true)
    }

    /// Looks through a whole capture, as far as it can be read. Not through loops: they say nothing new.
    package static func survey(_ source: consuming DatagramReader) -> SenderDialects {
        var dialects = SenderDialects()
        var decoder = EventDecoder()
        var reader = source
        do throws(CaptureError) {
            while let datagram = try reader.next() {
                reader.withPayload { dialects.look(at: $0, of: datagram.source, &decoder) }
            }
        } catch {
            // Whoever reads the capture says so.
        }
        dialects.isWhole = true
        return dialects
    }

    /// Looks through datagrams in memory.
    package static func survey(_ excerpt: CaptureExcerpt) -> SenderDialects {
        var dialects = SenderDialects()
        var decoder = EventDecoder()
        for index in excerpt.indices {
            excerpt.withPayload(of: index) { dialects.look(at: $0, of: excerpt[index].source, &decoder) }
        }
        dialects.isWhole = true
        return dialects
    }

    private mutating func look(at bytes: Span<UInt8>, of source: Endpoint, _ decoder: inout EventDecoder) {
        guard !PacketHeader.isSequenced(bytes), !isDatadog(source) else { return }
        decoder.beginText(bytes)
        while !decoder.signs.contains(.datadog) {
            if case .end = decoder.next(bytes) { break }
        }
        record(decoder.signs, of: source)
    }
}
