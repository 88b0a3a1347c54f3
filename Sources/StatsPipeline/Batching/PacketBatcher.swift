import StatsModel
import StatsWire

/// The open data packet. It takes events until it is full or old, and is then sealed.
///
/// It is full when the batch size is reached, or when the next event does not fit. It is old when the *first* event in it was
/// recorded the batch age ago. Later events do not extend this time, so no event waits longer. A packet without events is never
/// sealed.
///
/// An event that is longer than a packet (``ClientConfiguration/largeEventLimit``) travels alone. The packet before it is sealed
/// first, so that events keep their order, and its own packet is full at once.
package struct PacketBatcher: ~Copyable {
    private enum State {
        /// The packet has no event yet.
        case empty
        case open(firstArrival: Instant, isFull: Bool)
        /// The packet was passed to the sender. The next event begins a new one.
        case sealed
    }

    enum AddResult: Equatable {
        case added
        /// Seal this packet first, then add the event again.
        case packetFull
        case refused(LossCause)
    }

    /// The largest number of events in a packet. It is read whenever an event is added.
    var batchSize: Int
    private let maximumAge: Nanoseconds
    private var builder: PacketBuilder
    /// The builder for text formats, which replaces the other one.
    private var textBuilder: TextBuilder?
    let isText: Bool
    /// The size of the largest packet while its room is not allocated, and the account that pays for it.
    private var ungrown: Int?
    private let memory: MemoryLimiter?
    private var state = State.empty
    /// Events of the open packet by type.
    private var counts = TypeCounts()
    /// The events in a datagram of text, which cannot be recovered from its bytes.
    private var contents = PacketContents()

    /// - Parameter memory: the account in which room for an event longer than a packet is reserved when the first one arrives;
    ///   nil allocates it at once
    init(configuration: ClientConfiguration, memory: MemoryLimiter? = nil) {
        batchSize = configuration.batchSize
        maximumAge = Nanoseconds(configuration.maximumBatchAge)
        let size = configuration.maximumDataSize
        let isLate = memory != nil && configuration.largestDataSize > size
        let largest = isLate ? size : configuration.largestDataSize
        ungrown = isLate ? configuration.largestDataSize : nil
        self.memory = memory
        isText = configuration.format.dialect != nil
        textBuilder = nil
        if let dialect = configuration.format.dialect {
            // The other builder stays unused.
            builder = PacketBuilder(maximumSize: size, codec: configuration.codec)
            textBuilder = TextBuilder(maximumSize: size, largestSize: largest, dialect: dialect)
        } else {
            builder = PacketBuilder(maximumSize: size, largestSize: largest, codec: configuration.codec)
        }
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

    /// The time at which the open packet must be sealed even if no event follows. nil if it is empty. At most the batch age after
    /// its first event was recorded.
    var deadline: Instant? {
        switch state {
        case .empty, .sealed: nil
        case .open(let firstArrival, _): firstArrival + maximumAge
        }
    }

    /// Encodes an event into the open packet, or begins a packet with it.
    ///
    /// - Parameters:
    ///   - arrival: the time at which the event was recorded
    ///   - timestamp: the packet's time if it begins here, in nanoseconds since 1970
    mutating func add(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        arrival: Instant, timestamp: UInt64
    ) -> AddResult {
        let first: Instant
        switch state {
        case .open(let firstArrival, _): first = firstArrival
        case .empty, .sealed:
            // An explicit timestamp is the sender's, and says nothing about how long the event has waited.
            let opened = Int64(bitPattern: timestamp)
            begin(timestamp: timestamp, recorded: event.flags.contains(.explicitTimestamp) ? opened : event.timestamp)
            counts = TypeCounts()
            state = .empty
            first = arrival
        }
        var result = append(event, key: key, keys: keys, text: text, texts: texts)
        if result == .refused(.oversize), ungrown != nil {
            result = makeRoom()
            if result == .added { result = append(event, key: key, keys: keys, text: text, texts: texts) }
        }
        switch result {
        case .added:
            counts.add(key.type, count: event.count)
            // With priorities, an event may have waited longer than the first one.
            state = .open(firstArrival: min(first, arrival), isFull: eventCount >= batchSize || isLarge)
        case .packetFull:
            if isEmpty { preconditionFailure("an empty packet is never full") }
            state = .open(firstArrival: first, isFull: true)
        case .refused:
            break
        }
        return result
    }

    /// Allocates the room for the first event longer than a packet, after the open packet was sealed.
    @inline(never)
    private mutating func makeRoom() -> AddResult {
        guard let largest = ungrown, let memory else { return .refused(.oversize) }
        if !isEmpty { return .packetFull }
        // This reserves slightly more than is added, since the shorter room is freed.
        guard memory.reserve(largest) else { return .refused(.memoryLimit) }
        ungrown = nil
        if isText { textBuilder?.grow(to: largest) } else { builder.grow(to: largest) }
        return .added
    }

    private mutating func begin(timestamp: UInt64, recorded: Int64) {
        guard isText else { return builder.begin(timestamp: timestamp) }
        textBuilder?.begin()
        contents = PacketContents(opened: Int64(bitPattern: timestamp), recorded: recorded)
    }

    @inline(__always)
    private mutating func append(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AddResult {
        if isText { return appendText(event, key: key, keys: keys, text: text, texts: texts) }
        return switch builder.append(event, key: key, keys: keys, text: text, texts: texts) {
        case .appended: .added
        case .packetFull: .packetFull
        case .oversize: .refused(.oversize)
        }
    }

    @inline(never)
    private mutating func appendText(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AddResult {
        switch textBuilder?.append(event, key: key, keys: keys, text: text, texts: texts) {
        case .appended: .added
        case .packetFull: .packetFull
        case .oversize: .refused(.oversize)
        case .notInFormat: .refused(.notInFormat)
        case .reservedByte: .refused(.reservedByte)
        case nil: preconditionFailure("text has a builder")
        }
    }

    /// Records the content of the event that was added last. Call it for text only.
    mutating func recordContent(_ type: MetricType, count: UInt32, content: UInt64) {
        contents.tally.add(type, count: count, content: content)
    }

    private var eventCount: Int {
        mutating get { isText ? textBuilder?.eventCount ?? 0 : builder.eventCount }
    }

    /// Whether the packet holds a single event that makes it longer than normal packets.
    private var isLarge: Bool {
        mutating get { isText ? textBuilder?.isLarge == true : builder.isLarge }
    }

    /// Gives the open packet its number and checksum. Traps if it is empty.
    mutating func seal(
        session: UInt64, sequence: UInt64, flags: PacketFlags = []
    ) -> (packet: OutgoingPacket, counts: TypeCounts) {
        if isEmpty { preconditionFailure("an empty packet is never sent") }
        let byteCount = isText ? textBuilder?.byteCount ?? 0 : builder.seal(session: session, sequence: sequence, flags: flags)
        var packet = OutgoingPacket(kind: .data, sequence: sequence, eventCount: eventCount, byteCount: byteCount)
        packet.isLarge = isLarge
        if isText { packet.contents = contents }
        state = .sealed
        return (packet, counts)
    }

    /// The packet that was sealed last.
    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch textBuilder {
        case .none: try builder.withBytes(body)
        case .some(let text): try text.withBytes(body)
        }
    }
}
