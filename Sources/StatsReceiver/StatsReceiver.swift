public import StatsModel
public import StatsWire

/// Bounds and behaviour of the receiver (gap-detection.md).
public struct ReceiverConfiguration: Sendable, Equatable {
    /// Sessions held at once; the least recently heard is closed first.
    public var maximumSessions = 1024
    /// Sequence numbers behind the highest that can still be told late from duplicate; a power of two, >= 4096.
    public var window = 16_384
    /// A number further ahead than this is out of range.
    public var maximumJump: UInt64 = 1 << 20
    /// A hole older than this is lost.
    public var reorderLimit = Nanoseconds.seconds(2)
    /// How long a session that was replaced by a newer one of the same source stays open.
    public var gracePeriod = Nanoseconds.seconds(10)
    /// The receiver was listening before any session began: numbers before the first one heard are holes, not unknown.
    public var listensFromStart = false

    public init() {}
}

/// Who sent a datagram, as a number the caller chooses (a table index, a hash of address and port).
public struct SourceID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What one datagram turned out to be.
public enum ReceiveOutcome: Equatable, Sendable {
    /// A data packet seen for the first time: its events count. `late` fills a hole.
    case accepted(PacketHeader, late: Bool)
    case duplicate(PacketHeader)
    case outOfRange(PacketHeader)
    /// A heartbeat, closing, parity or acknowledgement packet.
    case control(PacketHeader)
    /// Header or checksum do not hold; nothing else was touched.
    case corrupt(PacketFault)
}

/// Sequence numbers that will not come: `from...to` of a session, final.
public struct LostRange: Equatable, Sendable {
    public let source: SourceID
    public let session: UInt64
    public let from: UInt64
    public let to: UInt64

    public init(source: SourceID, session: UInt64, from: UInt64, to: UInt64) {
        self.source = source
        self.session = session
        self.from = from
        self.to = to
    }
}

/// One session's books.
public struct SessionSummary: Equatable, Sendable {
    public var source: SourceID
    public var session: UInt64
    /// The lowest and highest sequence number heard of (base and highest).
    public var first: UInt64
    public var last: UInt64
    /// Data packets with a good checksum, duplicates included.
    public var received: UInt64
    public var unique: UInt64
    public var duplicate: UInt64
    public var late: UInt64
    public var outOfRange: UInt64
    public var restarts: UInt64
    /// Holes given up, and holes that may still fill.
    public var lost: UInt64
    public var pending: UInt64
    /// Numbers before the first one heard.
    public var unknown: UInt64
    /// The newest report of the sender, and whether it was a closing packet.
    public var report: TotalsReport?
    public var isClosed: Bool
}

/// The receiving side as a machine: checksum, sessions, sequence gaps, duplicates, late packets.
public struct StatsReceiver: ~Copyable {
    public let configuration: ReceiverConfiguration
    public init(configuration: ReceiverConfiguration = ReceiverConfiguration()) { fatalError("receiver") }

    /// Datagrams whose header or checksum failed.
    public var corrupt: UInt64 { fatalError("receiver") }

    public mutating func receive(_ bytes: Span<UInt8>, from source: SourceID, at now: Instant) -> ReceiveOutcome {
        fatalError("receiver")
    }

    /// When a pending hole next becomes lost through its age; nil: never.
    public var nextDeadline: Instant? { fatalError("receiver") }
    public mutating func handleTimeout(at now: Instant) { fatalError("receiver") }

    /// The next range given up, in the order of giving up; adjacent numbers are joined. Bounded: poll after each call.
    public mutating func pollLost() -> LostRange? { fatalError("receiver") }

    /// Nothing more will come: every pending hole is lost.
    public mutating func finish(at now: Instant) { fatalError("receiver") }

    /// Summaries of all sessions, open and closed (bounded), in the order of first sight.
    public var sessions: [SessionSummary] { fatalError("receiver") }
}
