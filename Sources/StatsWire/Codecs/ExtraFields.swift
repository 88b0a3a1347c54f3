import StatsModel

/// Collects the extra fields of a line, joined by bars, in a canonical order and each kind once. Thus the same fields give the
/// same metric in whatever order a sender writes them.
///
/// Usually the fields are one piece of the line and need no copy. They are copied to the scratch only if other fields lie between
/// them, or if their order is not canonical.
struct ExtraFields {
    private var whole = 0..<0
    private var isApart = false

    /// Keeps one more field, which is not empty and lies after those before it. O(1) while the fields are adjacent.
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

    /// Sets the event's extra fields. If they had to be copied, all of the event's strings move to the scratch.
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
