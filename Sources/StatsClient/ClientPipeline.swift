public import StatsModel
public import StatsWire

/// What became of one event offered to the client.
public enum PushResult: Equatable, Sendable {
    case buffered
    /// Not taken; the cause is already in the client's own ledger.
    case refused(LossCause)
}

/// One datagram that the pipeline hands out for sending.
public struct OutgoingPacket: Equatable, Sendable {
    public let kind: PacketKind
    public let sequence: UInt64
    public let eventCount: Int
    public let byteCount: Int

    public init(kind: PacketKind, sequence: UInt64, eventCount: Int, byteCount: Int) {
        self.kind = kind
        self.sequence = sequence
        self.eventCount = eventCount
        self.byteCount = byteCount
    }
}

/// The whole client between `record` and the socket, as a machine without input or output:
/// ring -> batch -> encode -> pack -> number -> checksum -> datagram.
public struct ClientPipeline: ~Copyable {
    public let configuration: ClientConfiguration
    public let session: UInt64

    /// Traps where ``ClientConfiguration/validate()`` would throw.
    public init(configuration: ClientConfiguration, session: UInt64) { fatalError("client") }

    /// The client's own books: what was dropped, by cause and type, and what was sent.
    public var dropped: Ledger { fatalError("client") }
    public var sent: TypeCounts { fatalError("client") }
    public var packetsSent: UInt64 { fatalError("client") }
    public var catalog: MetricCatalog { fatalError("client") }
    /// Events waiting in the ring, and the most that ever did.
    public var bufferedCount: Int { fatalError("client") }
    public var bufferedPeak: Int { fatalError("client") }

    /// Records one decoded event at its time: interns its metric, keeps its text, pushes the slot.
    ///
    /// - Parameters:
    ///   - bytes: the bytes the event's ranges point into
    ///   - timestamp: nanoseconds since 1970, used where the event states none
    public mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult { fatalError("client") }

    /// When the pipeline next wants ``pollTransmit(at:epoch:)`` to be called although nothing is recorded; nil: never.
    public var nextDeadline: Instant? { fatalError("client") }

    /// The next datagram that is due at `now`, readable through ``withDatagram(_:)`` until the next poll;
    /// nil when nothing is due. Calling again with nothing to do is safe.
    ///
    /// - Parameter epoch: nanoseconds since 1970 at the run's start, for packet timestamps
    public mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket? { fatalError("client") }

    /// The bytes of the datagram last polled.
    public borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { fatalError("client") }

    /// Everything buffered is to go out now, then the closing packets; afterwards every `record` is refused.
    public mutating func close(at now: Instant) { fatalError("client") }

    /// Whether everything, the closing packets included, has been polled.
    public var isClosed: Bool { fatalError("client") }
}
