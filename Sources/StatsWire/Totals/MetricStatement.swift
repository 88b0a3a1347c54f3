public import StatsModel

/// What a sender says of one counter or gauge: everything that it has put into data packets since its session began.
///
/// Statements stand behind the totals report of a heartbeat or closing packet and speak of the data packets up to that
/// packet's sequence. So one that arrives tells what all packets lost before it held of its metric.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | bits 0 to 3: type, 0 counter or 1 gauge; bit 4: extra fields follow; the other bits are zero |
/// | 1 | 2 | bytes of the name, at least 1 |
/// | 3 | 2 | bytes of the tags |
/// | 5 | | name, then tags joined by commas |
/// | | 8 | a counter's sum, each value divided by its sample rate; a gauge's latest level; IEEE 754 binary64 |
/// | | 1 to 8 | how many events that were: 1 to 2^53, in groups of seven bits, the lowest first |
/// | | 1 to 10 | the header's sequence less the number of the packet that held the newest of them, in the same groups |
/// | | 2 + n | length and bytes of the extra fields, where bit 4 says so |
public struct MetricStatement: Equatable, Sendable {
    /// More events than this of one metric nobody has sent.
    public static let largestCount: UInt64 = 1 << 53
    static let hasExtra: UInt8 = 0x10
    static let headCount = 5

    public var type: MetricType
    public var name: ByteRange
    public var tags: ByteRange
    public var extra: ByteRange
    /// A counter's sum of value/rate; a gauge's level. Any bits.
    public var value: Double
    public var count: UInt64
    /// The data packet that held the newest event of the metric; of a gauge, that set this level.
    public var latest: UInt64

    public init(
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

    /// What stands at an offset of a payload.
    enum Reading {
        case statement(MetricStatement, next: Int)
        /// It says something impossible; the next one begins at `next`.
        case malformed(StatementFault, next: Int)
        /// Its end cannot be found, and so nothing behind it either.
        case lost(StatementFault)
    }

    /// Reads the statement at `offset` of a packet that ends at `end`, at most the bytes' count. O(1): strings stay.
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
        return .statement(
            MetricStatement(
                type: type, name: ByteRange(offset + headCount..<nameEnd), tags: ByteRange(nameEnd..<tagsEnd),
                extra: extra, value: value, count: count, latest: sequence - distance), next: next)
    }

    private static func number(
        _ bytes: Span<UInt8>, at offset: Int, end: Int
    ) -> Result<(UInt64, Int), BinaryRecord.NumberFault> {
        BinaryRecord.number(bytes, at: offset, end: end)
    }

    private static func fault(_ result: Result<(UInt64, Int), BinaryRecord.NumberFault>) -> StatementFault {
        if case .failure(let fault) = result, fault.reason == .truncatedRecord { return .truncated }
        return .bad
    }
}

/// Why a statement, or the rest of them, was passed over. `name` stays the same.
public enum StatementFault: UInt8, CaseIterable, Sendable {
    case unknownVersion, truncated, bad, unknownType, emptyName, badCount, badPacket

    public var name: String {
        switch self {
        case .unknownVersion: "unknown_statement_version"
        case .truncated: "truncated_statement"
        case .bad: "bad_statement"
        case .unknownType: "unknown_statement_type"
        case .emptyName: "empty_statement_name"
        case .badCount: "bad_statement_count"
        case .badPacket: "bad_statement_packet"
        }
    }
}
