import StatsModel
import StatsWire

/// Properties of every single step of a decoder.
enum StepCheck {
    static func check(_ step: DecodeStep, byteCount: Int, scratchCount: Int) {
        switch step {
        case .end: return
        case .malformed(_, let range): require(isInside(range, byteCount), "a refused range \(range) of \(byteCount) bytes")
        case .event(let event):
            let bound = event.isInScratch ? scratchCount : byteCount
            for range in [event.name, event.tags, event.text, event.extra] {
                require(isInside(range, bound), "an event's range \(range) of \(bound) bytes")
            }
            require(!event.name.isEmpty, "an event without a name")
            require(event.rate > 0 && event.rate <= 1, "a rate of \(event.rate)")
            if event.type == .serviceCheck {
                require((0...3).contains(event.value), "a service check's status \(event.value)")
            }
            if event.type == .event || event.type == .set { require(event.value == 0, "a value beside a text") }
            if event.flags.contains(.gaugeDelta) { require(event.type == .gauge, "a change of what is no gauge") }
        }
    }

    private static func isInside(_ range: ByteRange, _ count: Int) -> Bool {
        range.lower <= range.upper && Int(range.upper) <= count
    }
}
