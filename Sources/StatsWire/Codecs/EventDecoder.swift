import StatsModel

/// Turns a datagram's bytes into events, one a call: StatsD and DogStatsD text, and verified packets.
///
/// Usage: `begin`, then ``forEach(_:_:malformed:)`` with the *same* bytes, or `next` until `.end`. No allocation in the steady
/// state.
public struct EventDecoder: Sendable {
    enum Format: Sendable {
        case none
        case text
        case binary(packetTime: Int64, remaining: Int)
        case json(remaining: Int)
        /// `elements`: the number of records left according to the payload. nil before the payload's array was read.
        case messagePack(remaining: Int, elements: Int?)
        case protocolBuffers(remaining: Int)
    }

    /// The strings of events with `isInScratch`. Valid until the next call of `next` or `begin…`.
    @usableFromInline package internal(set) var scratch: [UInt8] = []
    /// Events that ``forEachBatch(_:_:malformed:)`` collects.
    @usableFromInline var batch: [DecodedEvent] = []
    var format = Format.none
    var position = 0
    var end = 0
    /// The line whose further values come next.
    var pending: PendingValues?
    /// The dialect of the datagram's sender. nil if each line has to show it.
    var dialect: TextDialect?
    /// Signs of the sender's dialect in the last begun datagram of text, as far as it was read.
    public internal(set) var signs: DialectSigns = []
    /// Decisions that depended on the dialect, in all datagrams so far.
    public internal(set) var dialectCounts = DialectCounts()

    /// A decoder without a datagram: `next` returns `.end`.
    public init() {}

    /// Begins a datagram of text (`Sources/FORMATS.md`).
    ///
    /// - Parameter dialect: the sender's dialect. nil if it is not known: then text counts as plain StatsD until the first line
    ///   that only Datadog's clients send (``signs``).
    public mutating func beginText(_ bytes: Span<UInt8>, dialect: TextDialect? = nil) {
        format = .text
        self.dialect = dialect
        signs = []
        position = 0
        end = bytes.count
        pending = nil
    }

    /// Begins the payload of a packet whose header was verified. Packets of other kinds than data hold no events.
    public mutating func beginPacket(_ bytes: Span<UInt8>, header: PacketHeader) {
        position = PacketHeader.byteCount
        end = bytes.count
        pending = nil
        guard header.kind == .data else {
            format = .none
            return
        }
        switch header.codec {
        case .none: format = .none
        case .binary:
            format = .binary(packetTime: Int64(bitPattern: header.timestamp), remaining: Int(header.eventCount))
        case .json:
            format = .json(remaining: Int(header.eventCount))
        case .messagePack: format = .messagePack(remaining: Int(header.eventCount), elements: nil)
        case .protocolBuffers: format = .protocolBuffers(remaining: Int(header.eventCount))
        }
    }

    /// The next event or malformed record. After the last one it returns `.end` at every call.
    public mutating func next(_ bytes: Span<UInt8>) -> DecodeStep {
        precondition(end <= bytes.count, "next is called with the bytes that begin was called with")
        switch format {
        case .none: return .end
        case .text: return nextText(bytes)
        case .binary(let packetTime, let remaining): return nextBinary(bytes, packetTime, remaining)
        case .json(let remaining): return nextJSON(bytes, remaining)
        case .messagePack(let remaining, let elements): return nextMessagePack(bytes, remaining, elements: elements)
        case .protocolBuffers(let remaining): return nextProtobuf(bytes, remaining)
        }
    }

    private mutating func nextBinary(_ bytes: Span<UInt8>, _ packetTime: Int64, _ remaining: Int) -> DecodeStep {
        if position == end {
            format = .none
            return remaining == 0 ? .end : .malformed(.countMismatch, at: ByteRange(position..<end))
        }
        guard remaining > 0 else {
            format = .none
            return .malformed(.countMismatch, at: ByteRange(position..<end))
        }
        switch BinaryRecord.read(bytes, at: position, end: end, packetTime: packetTime) {
        case .event(let event, let next):
            position = next
            format = .binary(packetTime: packetTime, remaining: remaining - 1)
            return .event(event)
        case .malformed(let reason, let next):
            let record = ByteRange(position..<next)
            position = next
            format = .binary(packetTime: packetTime, remaining: remaining - 1)
            return .malformed(reason, at: record)
        case .lost(let reason):
            format = .none
            return .malformed(reason, at: ByteRange(position..<end))
        }
    }
}
