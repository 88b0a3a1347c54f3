import StatsModel

/// Collects the fields of a line that are kept, joined by bars, in an order of their own and one of a kind, so that however a
/// sender writes them they are one identity: usually one piece of the line, and copied to the scratch only where other fields
/// stand between them, or they stand in another order.
struct ExtraFields {
    private var whole = 0..<0
    private var isApart = false

    /// Keeps one more field, not empty, that stands behind those before it. O(1) while they stand together.
    @inline(__always)
    mutating func add(_ field: Range<Int>, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]) {
        if whole.isEmpty {
            whole = field
        } else if !isApart, whole.upperBound + 1 == field.lowerBound {
            whole = whole.lowerBound..<field.upperBound
        } else {
            addApart(field, bytes, &scratch)
        }
    }

    @inline(never)
    private mutating func addApart(_ field: Range<Int>, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]) {
        if !isApart {
            isApart = true
            scratch.removeAll(keepingCapacity: true)
            _ = Self.move(bytes, ByteRange(whole), &scratch)
        }
        scratch.append(UInt8(ascii: "|"))
        _ = Self.move(bytes, ByteRange(field), &scratch)
    }

    /// Enters the fields into the event; where they stand apart, the event's strings all move to the scratch.
    @inline(__always)
    func finish(_ bytes: Span<UInt8>, _ event: inout DecodedEvent, _ scratch: inout [UInt8]) {
        if isApart {
            finishApart(bytes, &event, &scratch)
        } else if !whole.isEmpty {
            if MetricFields.isCanonicalExtra(bytes, whole) {
                event.extra = ByteRange(whole)
            } else {
                scratch.removeAll(keepingCapacity: true)
                scratch.append(bytes, whole)
                finishApart(bytes, &event, &scratch)
            }
        }
    }

    @inline(never)
    private func finishApart(_ bytes: Span<UInt8>, _ event: inout DecodedEvent, _ scratch: inout [UInt8]) {
        if !MetricFields.isCanonicalExtra(scratch.span, 0..<scratch.count) {
            scratch = MetricFields.canonicalExtra(scratch.span, 0..<scratch.count)
        }
        event.extra = ByteRange(0..<scratch.count)
        event.name = Self.move(bytes, event.name, &scratch)
        event.tags = Self.move(bytes, event.tags, &scratch)
        event.text = Self.move(bytes, event.text, &scratch)
        event.isInScratch = true
    }

    private static func move(_ bytes: Span<UInt8>, _ range: ByteRange, _ scratch: inout [UInt8]) -> ByteRange {
        let start = scratch.count
        scratch.append(bytes, range.range)
        return ByteRange(start..<scratch.count)
    }
}
