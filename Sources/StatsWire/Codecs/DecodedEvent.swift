public import StatsModel

/// One decoded event: numbers, and the ranges of its strings in the decoded bytes.
public struct DecodedEvent: Equatable, Sendable {
    /// The metric's type.
    public var type: MetricType
    /// Facts about the event, such as a gauge's value being a change.
    public var flags: EventFlags
    /// Whether the ranges refer to the decoder's ``EventDecoder/scratch`` instead of the datagram. JSON strings are an example.
    @usableFromInline package var isInScratch: Bool
    /// The measured value, or a service check's status 0...3. 0 for sets and events.
    public var value: Double
    /// Sample rate in (0, 1].
    public var rate: Double
    /// Nanoseconds since 1970. 0 is also a valid time: ``hasTimestamp`` distinguishes it from a missing one.
    public var timestamp: Int64 { didSet { hasTimestamp = true } }
    /// Whether the record has a time, either the sender's own or that of recording. Setting ``timestamp`` sets this to true.
    public private(set) var hasTimestamp: Bool
    /// The metric's name, the event's title, or the check's name.
    public var name: ByteRange
    /// Tags joined by commas, as they were sent.
    public var tags: ByteRange
    /// A set's member, an event's text, or a check's message. With the flag `.escapedText` it still contains `\n` escapes.
    public var text: ByteRange
    /// Further fields joined by `|`, as they were sent (`c:…|e:…|h:…`), without the leading bar.
    public var extra: ByteRange
    /// The number of events that the record stands for: 1, or more if the sender's client aggregated them.
    public var count: UInt32

    /// An event from its fields. `timestamp` is nil if the record has none.
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

/// One step of a decoder's `next`.
public enum DecodeStep: Equatable, Sendable {
    case event(DecodedEvent)
    /// These bytes (a line, a record) are not an event. The next call continues after them if that is possible.
    case malformed(MalformedReason, at: ByteRange)
    case end
}

/// Why a line or record was refused.
public enum MalformedReason: UInt8, CaseIterable, Sendable {
    case missingColon, emptyName, emptyValue, missingType, unknownType, badValue, badRate
    case badEventHeader, badEventLength, emptyTitle, badCheckStatus, emptyCheckName
    case badTimestamp, truncatedRecord, badRecord, badJSON, missingKey, countMismatch

    /// The key in JSON reports.
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
