import StatsModel

/// Copies bytes out of spans, because a span cannot be stored.
enum Bytes {
    static func copy(_ span: Span<UInt8>) -> [UInt8] { copy(span, 0..<span.count) }

    static func copy(_ span: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(span[index]) }
        return bytes
    }
}
