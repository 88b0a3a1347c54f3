import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

/// One destination of a live client. Packets are gathered and handed to the system in one call. Each is then settled: taken, or
/// failed with a reason. A call never blocks for long. If the socket is full, or if a host's name is being resolved, packets wait
/// here (``isStalled``) until sending continues or their time is up.
///
/// Packets lie in two halves that take turns. A packet that comes back (ICMP port unreachable) is therefore still here, and its
/// events can count as lost instead of sent. A packet that comes back more than two batches later counts as an error, but its
/// events stay sent.
struct LiveLink: ~Copyable {
    enum State {
        case waiting, taken, failed, tooLong
    }

    struct Slot {
        var packet: OutgoingPacket
        var state = State.waiting
        /// The offset of the packet's bytes.
        var offset = 0
    }

    /// After this many consecutive "refused" errors for one packet, the error is taken to be the packet's own.
    private static let returnLimit = 8
    /// Bytes for the longest acknowledgement, and a few more. A longer datagram is no acknowledgement.
    static let answerLength = 1536
    /// The largest number of acknowledgements in one round.
    private static let answerLimit = 64
    /// The largest number of returned datagrams that are read after one batch.
    static let quoteLimit = 256
    static let firstPause = Nanoseconds.milliseconds(100)
    static let longestPause = Nanoseconds.seconds(60)

    let destination: Destination
    let connector: LiveConnector
    let spot: ParkingSpot
    let sendBufferByteCount: Int?
    private let maximumSendWait: Nanoseconds
    private let stride: Int
    private let largestSize: Int
    let isDatagramless: Bool
    let isText: Bool

    var socket: DatagramSocket?
    /// Whether returned datagrams can be read.
    var isWatching = false
    var connecting: LiveConnecting?
    /// Why there is no socket.
    var lastFailure = SendFailure.unreachable
    /// The time of the next attempt to connect, and the pause after that attempt.
    var nextConnect = Instant.start
    var pause = Self.firstPause

    /// Two halves of 32 places with `stride` bytes each, followed by room for one packet that is longer than a place. Such a
    /// packet begins where the used bytes end (``ClientConfiguration/largeEventLimit``). The other packets are `stride` bytes
    /// apart.
    var bytes: [UInt8]
    var lengths: [UInt32]
    var slots: [Slot]
    /// The number of used bytes in the half that is being filled.
    private var used = 0
    /// The first place of the half that is being filled, the number of its packets, and the number of settled ones among them.
    var base = 0
    private var count = 0
    private var settled = 0
    private var stalledSince: Instant?
    var hasReturned = false
    var quote: [UInt8]
    private var answer: [UInt8]
    private(set) var isGivenUp = false

    init(
        configuration: StatsClient.Configuration, destination: Destination, connector: LiveConnector, spot: ParkingSpot
    ) {
        self.destination = destination
        self.connector = connector
        self.spot = spot
        sendBufferByteCount = configuration.sendBufferByteCount
        maximumSendWait = Nanoseconds(configuration.maximumSendWait)
        isText = configuration.format.dialect != nil
        stride = Self.stride(configuration.pipeline)
        largestSize = max(stride, configuration.pipeline.largestPacketSize)
        switch destination {
        case .udp: isDatagramless = false
        case .unix: isDatagramless = true
        }
        let places = 2 * LiveWorker.batchLimit
        bytes = Array(repeating: 0, count: 2 * Self.halfByteCount(configuration.pipeline))
        lengths = Array(repeating: 0, count: places)
        slots = Array(
            repeating: Slot(packet: OutgoingPacket(kind: .data, sequence: 0, eventCount: 0, byteCount: 0)), count: places)
        quote = Array(repeating: 0, count: 512)
        answer = Array(repeating: 0, count: Self.answerLength)
    }

    /// Whether there is no room for one more packet of any length.
    var isFull: Bool { count == LiveWorker.batchLimit || used > LiveWorker.batchLimit * stride }
    var isEmpty: Bool { count == 0 }
    /// Whether packets wait for the socket.
    var isStalled: Bool { stalledSince != nil }

    /// Stops all waiting for the socket or for a name.
    mutating func giveUp() { isGivenUp = true }

    mutating func append(_ datagram: Span<UInt8>, _ packet: OutgoingPacket) {
        precondition(!isFull, "a half takes 32 packets")
        precondition(datagram.count <= largestSize, "a packet is no longer than the largest")
        let place = base + count
        let offset = (base == 0 ? 0 : bytes.count / 2) + used
        // In bounds: `used` is at most 32 places, after which the half has room for the largest packet. If no packet is longer
        // than a place, fewer than 32 packets have left at least one place free.
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + source.count]).copyMemory(from: source)
            }
        }
        lengths[place] = UInt32(datagram.count)
        slots[place] = Slot(packet: packet, offset: offset)
        used += max(stride, datagram.count)
        count += 1
    }

    /// Receives the datagrams that the receiver sent back. It does so only if errors are reported separately
    /// (``DatagramSocket/watchReturned()``). Otherwise receiving would consume the error that reports a closed port.
    mutating func receive(_ body: (Span<UInt8>) -> Void) {
        guard isWatching else { return }
        for _ in 0..<Self.answerLimit {
            guard let count = socket?.receive(into: &answer) else { return }
            body(answer.span.extracting(first: count))
        }
    }

    /// Sends the gathered packets. Afterwards there are none, unless the link is stalled.
    mutating func send(at now: Instant, _ accounting: inout LiveAccounting) {
        if count == 0 { return }
        var returns = 0
        while settled < count {
            switch attempt(at: now, &accounting) {
            case .sent(let taken):
                precondition(taken > 0, "the system takes a packet or says why not")
                for place in base + settled..<base + settled + taken {
                    slots[place].state = .taken
                    withDatagram(at: place) { accounting.recordTaken($1, $0) }
                }
                settled += taken
                stalledSince = nil
                pause = Self.firstPause
                returns = 0
            case .failed(.refused) where isWatching && returns < Self.returnLimit:
                // The error belongs to an earlier datagram. This one was not tried.
                returns += 1
                hasReturned = true
            case .failed(let failure):
                if mayWait(failure, at: now) { return collectReturned(at: now, &accounting) }
                settleFailed(failure, at: now, &accounting)
            }
        }
        collectReturned(at: now, &accounting)
        finishBatch(&accounting)
    }

    /// Whether the first packet has to wait: the socket is full, or the name is being resolved.
    private mutating func mayWait(_ failure: SendFailure, at now: Instant) -> Bool {
        if isGivenUp { return false }
        if socket == nil, connecting != nil {
            // Wait as long as the resolver takes.
            stalledSince = now
            return true
        }
        guard failure.isTransient else { return false }
        let since = stalledSince ?? now
        stalledSince = since
        return now - since < maximumSendWait
    }

    private mutating func settleFailed(_ failure: SendFailure, at now: Instant, _ accounting: inout LiveAccounting) {
        let place = base + settled
        slots[place].state = failure == .messageTooLong ? .tooLong : .failed
        withDatagram(at: place) { accounting.recordFailed($1, $0, failure) }
        settled += 1
        if !failure.isTransient, failure != .messageTooLong { renewSocket(at: now) }
    }

    func withDatagram(at place: Int, _ body: (Span<UInt8>, OutgoingPacket) -> Void) {
        let start = slots[place].offset
        body(bytes.span.extracting(start..<start + Int(lengths[place])), slots[place].packet)
    }

    /// Events in packets that are not settled, without second copies, whose events count with the first copy.
    func waiting(_ tally: inout PacketTally) -> TypeCounts {
        var counts = TypeCounts()
        for place in base + settled..<base + count where slots[place].packet.kind == .data && slots[place].packet.copy == 0 {
            withDatagram(at: place) { counts += tally.count($0, of: $1).counts }
        }
        return counts
    }

    /// Reports the outcomes of the batch, and begins the next one in the other half.
    private mutating func finishBatch(_ accounting: inout LiveAccounting) {
        if accounting.keepsOutcomes {
            for place in base..<base + count {
                // A returned older packet counts as a failure of the newest packet.
                let isReturned = hasReturned && place == base + count - 1
                let outcome: SendOutcome =
                    switch slots[place].state {
                    case .failed: .failed
                    case .tooLong: isReturned ? .failed : .tooLong
                    case .waiting, .taken: isReturned ? .failed : .sent
                    }
                accounting.outcomes.append((slots[place].packet, outcome))
            }
        }
        hasReturned = false
        stalledSince = nil
        base = base == 0 ? LiveWorker.batchLimit : 0
        count = 0
        settled = 0
        used = 0
    }

    private mutating func attempt(at now: Instant, _ accounting: inout LiveAccounting) -> DatagramSocket.SendResult {
        connect(at: now, &accounting)
        guard let result = sendNext() else { return .failed(lastFailure) }
        // A short wait in this call saves the worker a whole round.
        if result == .failed(.wouldBlock), !isGivenUp, stalledSince == nil, maximumSendWait > .zero,
            socket?.waitToSend(timeout: .milliseconds(1)) == true
        {
            return sendNext() ?? result
        }
        return result
    }

    /// Hands over the first packet and the packets after it that are one place apart. A packet longer than a place is handed over
    /// alone. nil if there is no socket.
    private func sendNext() -> DatagramSocket.SendResult? {
        let first = base + settled
        var end = first + 1
        let isLong = Int(lengths[first]) > stride
        while !isLong, end < base + count, Int(lengths[end]) <= stride { end += 1 }
        let start = slots[first].offset
        let length = isLong ? Int(lengths[first]) : stride
        let run = bytes.span.extracting(start..<start + (end - first) * length)
        return socket?.send(run, stride: length, lengths: lengths.span.extracting(first..<end))
    }
}
