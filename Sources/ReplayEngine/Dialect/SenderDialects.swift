package import PacketCapture
import StatsModel
package import StatsWire

/// The senders that speak Datadog's dialect. A sender is a source address and port, since two processes on one host may have
/// different clients.
///
/// A sender's dialect is known once it has sent a line that only Datadog's clients send, or once the whole capture was scanned.
/// Reading therefore starts without a scan. If a line comes whose meaning is not known yet, reading begins again after a
/// ``survey(_:)``. Captures without such lines are read only once.
///
/// Bounded: if there are more than ``limit`` senders of Datadog's dialect, all other senders count as Datadog's too.
package struct SenderDialects: Sendable {
    package static let limit = 1 << 16

    private var datadog: Set<Endpoint> = []
    private var othersAreDatadog = false
    /// Whether the whole capture was scanned.
    private var isWhole = false
    /// Whether recent sources speak Datadog's dialect.
    private var recent = RecentEndpoints<Bool>()

    package init() {}

    /// A sender's dialect. nil if it is not known yet. O(1).
    package mutating func dialect(of source: Endpoint) -> TextDialect? {
        if isDatadog(source) { return .dogstatsd }
        return isWhole ? .statsd : nil
    }

    private mutating func isDatadog(_ source: Endpoint) -> Bool {
        if let known = recent[source] { return known }
        let answer = othersAreDatadog || datadog.contains(source)
        recent[source] = answer
        return answer
    }

    /// Records the signs in a datagram of this sender.
    package mutating func record(_ signs: DialectSigns, of source: Endpoint) {
        guard signs.contains(.datadog), !isDatadog(source) else { return }
        if datadog.count < Self.limit {
            datadog.insert(source)
            recent[source] = true
        } else {
            othersAreDatadog = true
            recent = RecentEndpoints()
        }
    }

    /// Scans a whole capture, as far as it can be read. Loops are not repeated, since they show nothing new.
    package static func survey(_ source: consuming DatagramReader) -> SenderDialects {
        var dialects = SenderDialects()
        var decoder = EventDecoder()
        var reader = source
        do throws(CaptureError) {
            while let datagram = try reader.next() {
                reader.withPayload { dialects.look(at: $0, of: datagram.source, &decoder) }
            }
        } catch {
            // The reader of the capture reports the error.
        }
        dialects.isWhole = true
        return dialects
    }

    /// Scans datagrams in memory.
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
