import StatsModel

extension TextLine {
    enum Fault: Equatable {
        case notInFormat, reservedByte
    }

    /// Why the dialect cannot express this event. nil if it can. O(bytes), allocates nothing.
    ///
    /// Every dialect refuses strings with control characters (a line feed ends the line, and a NUL ends the datagram for servers
    /// in C), names with `:` `|` `@` `#` `,` (each ends a name for some server), and tags and members with `|`.
    func fault(_ keys: Span<UInt8>, _ texts: Span<UInt8>) -> Fault? {
        guard !key.name.isEmpty, event.value.isFinite, event.rate > 0, event.rate <= 1 else { return .notInFormat }
        if isExplicit, let fault = faultOfTimestamp { return fault }
        if !key.tags.isEmpty, let fault = faultOfTags(keys) { return fault }
        if !key.extra.isEmpty, let fault = faultOfExtra(keys) { return fault }
        switch key.type {
        case .counter, .timing, .histogram, .distribution: break
        case .gauge:
            // A plain server would add the change once, whatever its rate. The Datadog agent would take it for a level.
            if isDelta, event.rate != 1 || dialect == .dogstatsd { return .notInFormat }
        case .set:
            guard !text.isEmpty else { return .notInFormat }
            // For plain servers a colon ends the member and begins the next one.
            let holds = dialect == .statsd
                ? texts.holdsControl(or: UInt8(ascii: "|"), UInt8(ascii: ":"), in: text.range)
                : texts.holdsControl(or: UInt8(ascii: "|"), in: text.range)
            if holds { return .reservedByte }
        case .event:
            guard dialect == .dogstatsd else { return .notInFormat }
            // The title's length is stated, so that bars and colons are allowed in it.
            let holds = keys.holdsControl(in: key.name.range) || keys.holdsEscapedBreak(key.name.range)
            return holds ? .reservedByte : faultOfText(texts)
        case .serviceCheck:
            guard dialect == .dogstatsd, event.value >= 0, event.value <= 3, event.value == event.value.rounded() else {
                return .notInFormat
            }
            if keys.holdsControl(or: UInt8(ascii: "|"), in: key.name.range) { return .reservedByte }
            let hasBar = texts.firstIndex(of: UInt8(ascii: "|"), in: text.range) < text.range.upperBound
            return hasBar ? .reservedByte : faultOfText(texts)
        }
        return keys.endsName(in: key.name.range) || keys.starts(with: "_e{", in: key.name.range) ? .reservedByte : nil
    }

    /// An explicit timestamp must be sent: without it the value would count at another time. DogStatsD has timestamps on
    /// counters, gauges, events and service checks, in whole seconds.
    private var faultOfTimestamp: Fault? {
        switch key.type {
        case .counter, .gauge, .event, .serviceCheck: break
        case .timing, .histogram, .distribution, .set: return .notInFormat
        }
        let seconds = Self.seconds(event.timestamp)
        return dialect == .dogstatsd && seconds > 0 && seconds < 9_000_000_000 ? nil : .notInFormat
    }

    /// Plain StatsD has no tags. Without their tags two metrics would become one, and overwrite each other's gauges.
    private func faultOfTags(_ keys: Span<UInt8>) -> Fault? {
        if dialect == .statsd { return .notInFormat }
        return keys.holdsControl(or: UInt8(ascii: "|"), in: key.tags.range) ? .reservedByte : nil
    }

    /// Every field must be an extra field of this type. Another field would be read as a rate, tags or a time.
    private func faultOfExtra(_ keys: Span<UInt8>) -> Fault? {
        if dialect == .statsd { return .notInFormat }
        let range = key.extra.range
        if keys.holdsControl(in: range) { return .reservedByte }
        var start = range.lowerBound
        while start <= range.upperBound {
            let stop = keys.firstIndex(of: UInt8(ascii: "|"), in: start..<range.upperBound)
            guard EventDecoder.keepsField(keys, start..<stop, of: key.type) else { return .reservedByte }
            start = stop + 1
        }
        return nil
    }

    /// Some servers end a line at a carriage return, and some end everything at a NUL. A backslash and an `n` would be read as a
    /// line break, since the format has no escape for a backslash.
    private func faultOfText(_ texts: Span<UInt8>) -> Fault? {
        for index in text.range where texts[index] == 0 || texts[index] == UInt8(ascii: "\r") { return .reservedByte }
        return texts.holdsEscapedBreak(text.range) ? .reservedByte : nil
    }
}

extension Span<UInt8> {
    /// Whether the range contains a byte below 32.
    @inline(__always)
    fileprivate func holdsControl(in range: Range<Int>) -> Bool { holds(in: range) { Lanes.controls(in: $0) } }

    @inline(__always)
    fileprivate func holdsControl(or byte: UInt8, in range: Range<Int>) -> Bool {
        holds(in: range) { Lanes.controls(in: $0) | Lanes.zeros(in: $0 ^ Lanes.ones &* UInt64(byte)) }
    }

    @inline(__always)
    fileprivate func holdsControl(or byte: UInt8, _ other: UInt8, in range: Range<Int>) -> Bool {
        holds(in: range) {
            Lanes.controls(in: $0) | Lanes.zeros(in: $0 ^ Lanes.ones &* UInt64(byte))
                | Lanes.zeros(in: $0 ^ Lanes.ones &* UInt64(other))
        }
    }

    /// Whether the range contains a byte that would end a metric's name for some server.
    @inline(__always)
    fileprivate func endsName(in range: Range<Int>) -> Bool {
        holds(in: range) { word in
            // `:` `|` `@` `#` `,` are compared one by one, since no common bit separates them from letters.
            Lanes.controls(in: word)
                | Lanes.zeros(in: word ^ 0x3A3A_3A3A_3A3A_3A3A) | Lanes.zeros(in: word ^ 0x7C7C_7C7C_7C7C_7C7C)
                | Lanes.zeros(in: word ^ 0x4040_4040_4040_4040) | Lanes.zeros(in: word ^ 0x2323_2323_2323_2323)
                | Lanes.zeros(in: word ^ 0x2C2C_2C2C_2C2C_2C2C)
        }
    }
}

extension Lanes {
    /// Marks the lanes below 32. Only the lowest mark is exact.
    @inline(__always)
    static func controls(in word: UInt64) -> UInt64 { (word &- 0x2020_2020_2020_2020) & ~word & highs }
}
