import StatsModel
import StatsWire

/// The open data packet: takes events until it is full or old enough, then is sealed.
///
/// Full: the batch size is reached, or the next event does not fit beside the others. Old: the *first* event in it was
/// recorded the batch age ago; events that follow never push that moment back, so none waits longer.
/// A packet without an event is never sealed. An event that is longer than a packet (``ClientConfiguration/largeEventLimit``)
/// stands alone: the packet in front of it is sealed first, so that events keep their order, and its own is full at once.
package struct PacketBatcher: ~Copyable {
    private enum State {
        /// No event in it yet.
        case empty
        case open(firstArrival: Instant, isFull: Bool)
        /// Shown to the sender; the next event begins a new packet.
        case sealed
    }

    enum AddResult: Equatable {
        case added
        /// Seal this packet, then add the event again.
        case packetFull
        case refused(LossCause)
    }

    /// Events of a packet at most; asked whenever one joins it.
    var batchSize: Int
    private let maximumAge: Nanoseconds
    private var builder: PacketBuilder
    /// Where the format is text it takes the other builder's place.
    private var textBuilder: TextBuilder?
    let isText: Bool
    /// The largest packet where its room is not allocated yet, and whose account pays for it.
    private var ungrown: Int?
    private let memory: MemoryLimiter?
    private var state = State.empty
    /// Events of the open packet by type.
    private var counts = TypeCounts()
    /// What a datagram of text will not say of itself.
    private var contents = PacketContents()

    /// - Parameter memory: where given, room for an event longer than a packet is reserved there when the first one comes
    init(configuration: ClientConfiguration, memory: MemoryLimiter? = nil) {
        batchSize = configuration.batchSize
        maximumAge = configuration.maximumBatchAge
        let size = configuration.maximumDataSize
        let isLate = memory != nil && configuration.largestDataSize > size
        let largest = isLate ? size : configuration.largestDataSize
        ungrown = isLate ? configuration.largestDataSize : nil
        self.memory = memory
        isText = configuration.format.dialect != nil
        textBuilder = nil
        if let dialect = configuration.format.dialect {
            // The other one then stays unused.
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
    ) -> AddResult {
        let first: Instant
        switch state {
        case .open(let firstArrival, _): first = firstArrival
        case .empty, .sealed:
            begin(timestamp: timestamp, recorded: event.timestamp)
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
            // By priority, an event may join that has waited longer than the first one.
            state = .open(firstArrival: min(first, arrival), isFull: eventCount >= batchSize || isLarge)
        case .packetFull:
            if isEmpty { preconditionFailure("an empty packet is never full") }
            state = .open(firstArrival: first, isFull: true)
        case .refused:
            break
        }
        return result
    }

    /// Allocates what the first event longer than a packet needs, once the open packet is sealed.
    @inline(never)
    private mutating func makeRoom() -> AddResult {
        guard let largest = ungrown, let memory else { return .refused(.oversize) }
        if !isEmpty { return .packetFull }
        // A little more than it adds, since the shorter room goes.
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

    /// Notes what the event said that was added last; to be called for text only.
    mutating func recordContent(_ type: MetricType, count: UInt32, content: UInt64) {
        contents.tally.add(type, count: count, content: content)
    }

    private var eventCount: Int {
        mutating get { isText ? textBuilder?.eventCount ?? 0 : builder.eventCount }
    }

    /// One event stands in the packet that is longer than others may be.
    private var isLarge: Bool {
        mutating get { isText ? textBuilder?.isLarge == true : builder.isLarge }
    }

    /// Numbers and checksums the open packet. Traps when it is empty.
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

    /// The packet sealed last.
    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch textBuilder {
        case .none: try builder.withBytes(body)
        case .some(let text): try text.withBytes(body)
        }
    }
}
