public import StatsModel

/// One event as a decoder found it: numbers, and ranges into the bytes where its strings stand.
public struct DecodedEvent: Equatable, Sendable {
    public var type: MetricType
    public var flags: EventFlags
    /// Whether the ranges point into the decoder's ``EventDecoder/scratch`` instead of the datagram (JSON strings).
    public var isInScratch: Bool
    /// The measured value; a service check's status 0...3; 0 for sets and events.
    public var value: Double
    /// Sample rate in (0, 1].
    public var rate: Double
    /// Nanoseconds since 1970; 0 where none was stated. Zero is a time as well: ``hasTimestamp`` tells them apart.
    public var timestamp: Int64 { didSet { hasTimestamp = true } }
    /// Whether the record states its time, the sender's own or that of recording; setting ``timestamp`` states it.
    public private(set) var hasTimestamp: Bool
    /// The metric's name, the event's title, the check's name.
    public var name: ByteRange
    /// Tags joined by commas, as they stood.
    public var tags: ByteRange
    /// A set's member, an event's text, a check's message. With `.escapedText` it holds `\n` escapes.
    public var text: ByteRange
    /// Further fields joined by `|` as they stood (`c:…|e:…|h:…`), without the leading bar.
    public var extra: ByteRange
    /// How many events the record stands for: 1, or what the sender's client added up.
    public var count: UInt32

    public init(
        type: MetricType, flags: EventFlags = [], isInScratch: Bool = false, value: Double = 0, rate: Double = 1,
        timestamp: Int64? = nil, name: ByteRange, tags: ByteRange = .empty, text: ByteRange = .empty,
        extra: ByteRange = .empty, count: UInt32 = 1
    ) {
        self.type = type
        self.flags = flags
        self.isInScratch = isInScratch
        self.value = value
        self.rate = rate
        self.timestamp = timestamp ?? 0
        hasTimestamp = timestamp != nil
        self.name = name
        self.tags = tags
        self.text = text
        self.extra = extra
        self.count = count
    }
}

/// What a decoder's `next` found.
public enum DecodeStep: Equatable, Sendable {
    case event(DecodedEvent)
    /// These bytes (a line, a record) are not an event; the next call goes on behind them where that is possible.
    case malformed(MalformedReason, at: ByteRange)
    case end
}

/// Why a line or record was refused. `name` is the key in JSON reports.
public enum MalformedReason: UInt8, CaseIterable, Sendable {
    case missingColon, emptyName, emptyValue, missingType, unknownType, badValue, badRate
    case badEventHeader, badEventLength, emptyTitle, badCheckStatus, emptyCheckName
    case badTimestamp, truncatedRecord, badRecord, badJSON, missingKey, countMismatch

    public var name: String {
        switch self {
        case .missingColon: "missing_colon"
        case .emptyName: "empty_name"
        case .emptyValue: "empty_value"
        case .missingType: "missing_type"
        case .unknownType: "unknown_type"
        case .badValue: "bad_value"
        case .badRate: "bad_rate"
        case .badEventHeader: "bad_event_header"
        case .badEventLength: "bad_event_length"
        case .emptyTitle: "empty_title"
        case .badCheckStatus: "bad_check_status"
        case .emptyCheckName: "empty_check_name"
        case .badTimestamp: "bad_timestamp"
        case .truncatedRecord: "truncated_record"
        case .badRecord: "bad_record"
        case .badJSON: "bad_json"
        case .missingKey: "missing_key"
        case .countMismatch: "count_mismatch"
        }
    }
}
