package import StatsModel

/// The running total of one counter or gauge: the sum or latest level of all events that the sender has put into data packets
/// since its session began.
///
/// Running totals follow the totals report of a heartbeat or closing packet. They cover the data packets up to this packet's
/// sequence. A running total that arrives therefore recovers the contributions of all lost packets to its metric.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | bits 0 to 3: type, 0 counter or 1 gauge; bit 4: extra fields follow; the other bits are zero |
/// | 1 | 2 | bytes of the name, at least 1 |
/// | 3 | 2 | bytes of the tags |
/// | 5 | | name, then tags joined by commas |
/// | | 8 | a counter's sum, each value divided by its sample rate; a gauge's latest level; IEEE 754 binary64 |
/// | | 1 to 8 | the number of these events: 1 to 2^53, in groups of seven bits, the lowest first |
/// | | 1 to 10 | the header's sequence less the number of the packet with the newest of these events, in the same groups |
/// | | 2 + n | length and bytes of the extra fields, if bit 4 is set |
package struct RunningTotal: Equatable, Sendable {
    /// A count above this limit is invalid. No sender has that many events of one metric.
    package static let largestCount: UInt64 = 1 << 53
    static let hasExtra: UInt8 = 0x10
    static let headCount = 5

    package var type: MetricType
    package var name: ByteRange
    package var tags: ByteRange
    package var extra: ByteRange
    /// A counter's sum of value/rate, or a gauge's level. Any bits.
    package var value: Double
    package var count: UInt64
    /// The number of the data packet with the metric's newest event. For a gauge this event set the level.
    package var latest: UInt64

    package init(
        type: MetricType, name: ByteRange, tags: ByteRange = .empty, extra: ByteRange = .empty, value: Double,
        count: UInt64, latest: UInt64
    ) {
        self.type = type
        self.name = name
        self.tags = tags
        self.extra = extra
        self.value = value
        self.count = count
        self.latest = latest
    }

    /// The result of reading a running total at an offset of a payload.
    enum Reading {
        case runningTotal(RunningTotal, next: Int)
        /// The content is impossible. The next running total begins at `next`.
        case malformed(RunningTotalFault, next: Int)
        /// The end cannot be found, so everything after it is lost too.
        case lost(RunningTotalFault)
    }

    /// Reads the running total at `offset` of a packet that ends at `end`, which is not beyond the bytes. O(1), since strings are
    /// not copied.
    static func read(_ bytes: Span<UInt8>, at offset: Int, end: Int, sequence: UInt64) -> Reading {
        guard end - offset >= headCount else { return .lost(.truncated) }
        let first = bytes[offset]
        guard first & ~(hasExtra | 0x0F) == 0 else { return .lost(.bad) }
        let type = MetricType(rawValue: first & 0x0F)
        let nameEnd = offset + headCount + Int(bytes.little(offset + 1, as: UInt16.self))
        let tagsEnd = nameEnd + Int(bytes.little(offset + 3, as: UInt16.self))
        guard end - tagsEnd >= 8 else { return .lost(.truncated) }
        let value = Double(bitPattern: bytes.little(tagsEnd, as: UInt64.self))
        let counted = number(bytes, at: tagsEnd + 8, end: end)
        guard case .success(let (count, countEnd)) = counted else { return .lost(fault(counted)) }
        let placed = number(bytes, at: countEnd, end: end)
        guard case .success(let (distance, distanceEnd)) = placed else { return .lost(fault(placed)) }
        var next = distanceEnd
        var extra = ByteRange.empty
        if first & hasExtra != 0 {
            guard let range = BinaryRecord.string(bytes, at: next, end: end) else { return .lost(.truncated) }
            extra = ByteRange(range)
            next = range.upperBound
        }
        guard let type, type == .counter || type == .gauge else { return .malformed(.unknownType, next: next) }
        if nameEnd == offset + headCount { return .malformed(.emptyName, next: next) }
        guard count >= 1, count <= largestCount else { return .malformed(.badCount, next: next) }
        guard distance < sequence else { return .malformed(.badPacket, next: next) }
        return .runningTotal(
            RunningTotal(
                type: type, name: ByteRange(offset + headCount..<nameEnd), tags: ByteRange(nameEnd..<tagsEnd),
                extra: extra, value: value, count: count, latest: sequence - distance), next: next)
    }

    private static func number(
        _ bytes: Span<UInt8>, at offset: Int, end: Int
    ) -> Result<(UInt64, Int), BinaryRecord.NumberFault> {
        BinaryRecord.number(bytes, at: offset, end: end)
    }

    private static func fault(_ result: Result<(UInt64, Int), BinaryRecord.NumberFault>) -> RunningTotalFault {
        if case .failure(let fault) = result, fault.reason == .truncatedRecord { return .truncated }
        return .bad
    }
}

/// Why a running total, or the rest of them, was ignored.
package enum RunningTotalFault: UInt8, CaseIterable, Sendable {
    case unknownVersion, truncated, bad, unknownType, emptyName, badCount, badPacket

    package var name: String {
        switch self {
        case .unknownVersion: "unknown_running_total_version"
        case .truncated: "truncated_running_total"
        case .bad: "bad_running_total"
        case .unknownType: "unknown_running_total_type"
        case .emptyName: "empty_running_total_name"
        case .badCount: "bad_running_total_count"
        case .badPacket: "bad_running_total_packet"
        }
    }
}
