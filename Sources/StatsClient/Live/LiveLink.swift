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
    private enum State {
        case waiting, taken, failed, tooLong
    }

    private struct Slot {
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
    private static let quoteLimit = 256
    static let firstPause = Nanoseconds.milliseconds(100)
    static let longestPause = Nanoseconds.seconds(60)

    private let destination: Destination
    private let connector: LiveConnector
    private let spot: ParkingSpot
    private let sendBufferByteCount: Int?
    private let maximumSendWait: Nanoseconds
    private let stride: Int
    private let largestSize: Int
    private let isDatagramless: Bool
    private let isText: Bool

    private var socket: DatagramSocket?
    /// Whether returned datagrams can be read.
    private var isWatching = false
    private var connecting: LiveConnecting?
    /// Why there is no socket.
    private var lastFailure = SendFailure.unreachable
    /// The time of the next attempt to connect, and the pause after that attempt.
    private var nextConnect = Instant.start
    private var pause = Self.firstPause

    /// Two halves of 32 places with `stride` bytes each, followed by room for one packet that is longer than a place. Such a
    /// packet begins where the used bytes end (``ClientConfiguration/largeEventLimit``). The other packets are `stride` bytes
    /// apart.
    private var bytes: [UInt8]
    private var lengths: [UInt32]
    private var slots: [Slot]
    /// The number of used bytes in the half that is being filled.
    private var used = 0
    /// The first place of the half that is being filled, the number of its packets, and the number of settled ones among them.
    private var base = 0
    private var count = 0
    private var settled = 0
    private var stalledSince: Instant?
    private var hasReturned = false
    private var quote: [UInt8]
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

    private func withDatagram(at place: Int, _ body: (Span<UInt8>, OutgoingPacket) -> Void) {
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

    /// Reads which datagrams came back, and counts their events as lost.
    private mutating func collectReturned(at now: Instant, _ accounting: inout LiveAccounting) {
        guard isWatching else { return }
        var known = 0
        for _ in 0..<Self.quoteLimit {
            guard let (byteCount, failure) = socket?.nextReturned(into: &quote) else { break }
            known += 1
            accounting.progress.failures[Int(failure.rawValue)] += 1
            accounting.progress.returned += 1
            hasReturned = true
            if isText { settleReturnedText(min(byteCount, quote.count), &accounting) }
            if let sequence = dataSequence(ofQuoted: byteCount) { settleReturned(sequence, &accounting) }
        }
        if known > 0 { renewSocket(at: now) }
    }

    /// The number of the quoted data packet. nil if another kind of packet was quoted, or too little of it.
    private func dataSequence(ofQuoted byteCount: Int) -> UInt64? {
        let quoted = quote.span.extracting(first: min(byteCount, quote.count))
        guard let header = PacketHeader(unverified: quoted), header.kind == .data else { return nil }
        return header.sequence
    }

    /// Text has no number. The oldest datagram that begins with the quoted bytes is taken. If it is the wrong one, both have the
    /// same contents up to there.
    private mutating func settleReturnedText(_ byteCount: Int, _ accounting: inout LiveAccounting) {
        guard byteCount > 0 else { return }
        for offset in 0..<slots.count {
            // The half that is not being filled is the older one.
            let place = (base + LiveWorker.batchLimit + offset) % slots.count
            guard slots[place].state == .taken, Int(lengths[place]) >= byteCount,
                (0..<byteCount).allSatisfy({ bytes[slots[place].offset + $0] == quote[$0] })
            else { continue }
            slots[place].state = .failed
            withDatagram(at: place) { accounting.recordReturned($1, $0) }
            return
        }
    }

    private mutating func settleReturned(_ sequence: UInt64, _ accounting: inout LiveAccounting) {
        for place in 0..<slots.count
        where slots[place].state == .taken && slots[place].packet.kind == .data
            && slots[place].packet.sequence == sequence
        {
            slots[place].state = .failed
            withDatagram(at: place) { accounting.recordReturned($1, $0) }
            return
        }
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

    /// Takes over a socket that is ready. If there is no socket, it begins to make one when it is time.
    private mutating func connect(at now: Instant, _ accounting: inout LiveAccounting) {
        if let outcome = connecting?.take() {
            connecting = nil
            adopt(outcome, &accounting)
        }
        guard socket == nil, connecting == nil, now >= nextConnect, !isGivenUp else { return }
        begin(at: now, &accounting)
    }

    private mutating func begin(at now: Instant, _ accounting: inout LiveAccounting) {
        nextConnect = now + pause
        pause = pause.doubled(atMost: Self.longestPause)
        do throws(SystemError) {
            if connector.mayBlock(destination) {
                connecting = try LiveConnecting.start(connector, to: destination, waking: spot)
            } else {
                adopt(.open(try connector.open(destination)), &accounting)
            }
        } catch {
            adopt(.failed(error), &accounting)
        }
    }

    private mutating func adopt(_ outcome: consuming LiveConnecting.Outcome, _ accounting: inout LiveAccounting) {
        switch consume outcome {
        case .open(let new):
            if let sendBufferByteCount { new.setSendBuffer(byteCount: sendBufferByteCount) }
            isWatching = !isDatagramless && new.watchReturned()
            socket = consume new
            accounting.progress.connects += 1
        case .failed(let error):
            lastFailure = SendFailure(number: error.number)
        }
    }

    /// Resolves the name again after a failure, but not before the pause is over. Until then, and while the resolver works, the
    /// present socket stays in use.
    private mutating func renewSocket(at now: Instant) {
        guard now >= nextConnect, connecting == nil, !isGivenUp else { return }
        if connector.mayBlock(destination) {
            nextConnect = now + pause
            pause = pause.doubled(atMost: Self.longestPause)
            // If no thread can be created, the socket stays as it is until the next time.
            connecting = try? LiveConnecting.start(connector, to: destination, waking: spot)
        } else {
            socket = nil
        }
    }
}
