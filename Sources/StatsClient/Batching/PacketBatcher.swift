import StatsModel
import StatsWire

/// The open data packet: takes events until it is full or old enough, then is sealed.
///
/// Full: the batch size is reached, or the next event does not fit beside the others. Old: the *first* event in it was
/// recorded the batch age ago; events that follow never push that moment back, so none waits longer.
/// A packet without an event is never sealed.
struct PacketBatcher: ~Copyable {
    private enum State {
        /// No event in it yet.
        case empty
        case open(firstArrival: Instant, isFull: Bool)
        /// Shown to the sender; the next event begins a new packet.
        case sealed
    }

    /// Events of a packet at most; asked whenever one joins it.
    var batchSize: Int
    private let maximumAge: Nanoseconds
    private var builder: PacketBuilder
    private var state = State.empty
    /// Events of the open packet by type.
    private var counts = TypeCounts()

    init(configuration: ClientConfiguration) {
        batchSize = configuration.batchSize
        maximumAge = configuration.maximumBatchAge
        builder = PacketBuilder(maximumSize: configuration.maximumPacketSize, codec: configuration.codec)
    }

    /// Whether no event waits in an open packet.
    var isEmpty: Bool {
        switch state {
        case .empty, .sealed: true
        case .open: false
        }
    }

    var isFull: Bool {
        switch state {
        case .empty, .sealed: false
        case .open(_, let isFull): isFull
        }
    }

    /// When the open packet is to be sealed even if nothing joins it; nil when it is empty. Not later than its first
    /// event's arrival and the batch age.
    var deadline: Instant? {
        switch state {
        case .empty, .sealed: nil
        case .open(let firstArrival, _): firstArrival + maximumAge
        }
    }

    /// Encodes an event into the open packet, or begins one with it.
    ///
    /// - Parameters:
    ///   - arrival: when the event was recorded
    ///   - timestamp: nanoseconds since 1970, the packet's if it begins here
    mutating func add(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        arrival: Instant, timestamp: UInt64
    ) -> PacketBuilder.AppendResult {
        let first: Instant
        switch state {
        case .open(let firstArrival, _): first = firstArrival
        case .empty, .sealed:
            builder.begin(timestamp: timestamp)
            counts = TypeCounts()
            state = .empty
            first = arrival
        }
        let result = builder.append(event, key: key, keys: keys, text: text, texts: texts)
        switch result {
        case .appended:
            counts.add(key.type, UInt64(event.count))
            // By priority, an event may join that has waited longer than the first one.
            state = .open(firstArrival: min(first, arrival), isFull: builder.eventCount >= batchSize)
        case .packetFull:
            if isEmpty { preconditionFailure("an empty packet is never full") }
            state = .open(firstArrival: first, isFull: true)
        case .oversize:
            break
        }
        return result
    }

    /// Numbers and checksums the open packet. Traps when it is empty.
    mutating func seal(session: UInt64, sequence: UInt64) -> (packet: OutgoingPacket, counts: TypeCounts) {
        if isEmpty { preconditionFailure("an empty packet is never sent") }
        let eventCount = builder.eventCount
        let byteCount = builder.seal(session: session, sequence: sequence)
        state = .sealed
        return (OutgoingPacket(kind: .data, sequence: sequence, eventCount: eventCount, byteCount: byteCount), counts)
    }

    /// The packet sealed last.
    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { try builder.withBytes(body) }
}
