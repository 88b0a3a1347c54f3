import StatsModel

/// Collects the fields of a line that are kept as they stand, joined by bars: usually one piece of the line, and
/// copied to the scratch only where other fields stand between them.
struct ExtraFields {
    private var whole: Range<Int>?
    private var pieces: [Range<Int>] = []

    mutating func add(_ field: Range<Int>) {
        if let known = whole, pieces.isEmpty {
            if known.upperBound + 1 == field.lowerBound {
                whole = known.lowerBound..<field.upperBound
            } else {
                pieces = [known, field]
            }
        } else if !pieces.isEmpty {
            pieces.append(field)
        } else {
            whole = field
        }
    }

    /// Enters the fields into the event; where they stand apart, the event's strings all move to the scratch.
    func finish(_ bytes: Span<UInt8>, _ event: inout DecodedEvent, _ scratch: inout [UInt8]) {
        guard !pieces.isEmpty else {
            if let whole { event.extra = ByteRange(whole) }
            return
        }
        scratch.removeAll(keepingCapacity: true)
        event.name = Self.move(bytes, event.name, &scratch)
        event.tags = Self.move(bytes, event.tags, &scratch)
        event.text = Self.move(bytes, event.text, &scratch)
        let start = scratch.count
        for (index, piece) in pieces.enumerated() {
            if index > 0 { scratch.append(UInt8(ascii: "|")) }
            for byte in piece { scratch.append(bytes[byte]) }
        }
        event.extra = ByteRange(start..<scratch.count)
        event.isInScratch = true
    }

    private static func move(_ bytes: Span<UInt8>, _ range: ByteRange, _ scratch: inout [UInt8]) -> ByteRange {
        let start = scratch.count
        for index in range.range { scratch.append(bytes[index]) }
        return ByteRange(start..<scratch.count)
    }
}
