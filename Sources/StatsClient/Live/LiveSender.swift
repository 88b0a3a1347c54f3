import StatsModel
import StatsWire
import SystemIO

/// The socket's side of the worker: packets are gathered, handed to the system in one call, and what the system does
/// not take is opened once more and counted event by event.
struct LiveSender: ~Copyable {
    private let destination: Destination
    private let configuration: StatsClient.Configuration
    private let stride: Int
    private var socket: DatagramSocket?
    private var bytes: [UInt8]
    private var lengths: [UInt32] = []
    private var areData: [Bool] = []
    private var decoder = EventDecoder()
    /// When the next attempt to connect is due, and how long to wait after that one.
    private var nextConnect = Instant.start
    private var pause = Self.firstPause
    private(set) var isGivenUp = false
    /// Events in packets the system did not take.
    private(set) var failed = Tally()
    private(set) var progress = LiveProgress()

    static let firstPause = Nanoseconds.milliseconds(100)
    static let longestPause = Nanoseconds.seconds(60)

    init(configuration: StatsClient.Configuration, destination: Destination) {
        self.configuration = configuration
        self.destination = destination
        stride = configuration.maximumPacketSize
        bytes = Array(repeating: 0, count: stride * LiveWorker.batchLimit)
        lengths.reserveCapacity(LiveWorker.batchLimit)
        areData.reserveCapacity(LiveWorker.batchLimit)
    }

    var isFull: Bool { lengths.count == LiveWorker.batchLimit }

    /// From now on nothing waits for the socket any more.
    mutating func giveUp() { isGivenUp = true }

    mutating func append(_ datagram: Span<UInt8>, isData: Bool) {
        precondition(!isFull, "a batch takes 32 packets")
        let start = lengths.count * stride
        // In bounds: a packet is no longer than `stride`, and there is room for one more.
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + source.count])
                    .copyMemory(from: source)
            }
        }
        lengths.append(UInt32(datagram.count))
        areData.append(isData)
    }

    /// Sends what was gathered; afterwards nothing is.
    mutating func send(at now: Instant) {
        var first = 0
        var waited = Nanoseconds.zero
        while first < lengths.count {
            switch attempt(first, at: now) {
            case .sent(let count):
                precondition(count > 0, "the system takes a packet or says why not")
                for index in first..<first + count {
                    progress.packets += 1
                    progress.bytes += UInt64(lengths[index])
                    if areData[index] { progress.batches += 1 }
                }
                first += count
                pause = Self.firstPause
            case .failed(let failure):
                if failure.isTransient, !isGivenUp, waited < configuration.maximumSendWait {
                    waited = waited + .milliseconds(1)
                    _ = socket?.waitToSend(timeout: .milliseconds(1))
                    continue
                }
                progress.failures[Int(failure.rawValue)] += 1
                bury(first)
                first += 1
                if !failure.isTransient, failure != .messageTooLong { disconnect(at: now) }
            }
        }
        lengths.removeAll(keepingCapacity: true)
        areData.removeAll(keepingCapacity: true)
    }

    private mutating func attempt(_ first: Int, at now: Instant) -> DatagramSocket.SendResult {
        connect(at: now)
        guard socket != nil else { return .failed(lastFailure) }
        let rest = bytes.span.extracting(droppingFirst: first * stride)
        return socket?.send(rest, stride: stride, lengths: lengths.span.extracting(droppingFirst: first))
            ?? .failed(lastFailure)
    }

    /// Why there is no socket.
    private var lastFailure = SendFailure.unreachable

    private mutating func connect(at now: Instant) {
        guard socket == nil, now >= nextConnect, !isGivenUp else { return }
        do throws(SystemError) {
            socket = try DatagramSocket(connectingTo: destination)
            if let byteCount = configuration.sendBufferByteCount { socket?.setSendBuffer(byteCount: byteCount) }
            progress.connects += 1
        } catch {
            lastFailure = SendFailure(number: error.number)
        }
        nextConnect = now + pause
        pause = min(Nanoseconds(pause.rawValue * 2), Self.longestPause)
    }

    /// The name is resolved once more with the next packet, but not before the pause is over; until then the socket
    /// that is there is as good as any.
    private mutating func disconnect(at now: Instant) {
        if now >= nextConnect { socket = nil }
    }

    /// Counts the events of a packet that is lost, with what they said.
    private mutating func bury(_ index: Int) {
        guard areData[index] else { return }
        let copy = Array(bytes[index * stride..<index * stride + Int(lengths[index])])
        let datagram = copy.span
        let header: PacketHeader
        do throws(PacketFault) {
            header = try PacketHeader(decoding: datagram)
        } catch {
            preconditionFailure("a packet of our own is intact: \(error)")
        }
        decoder.beginPacket(datagram, header: header)
        while true {
            switch decoder.next(datagram) {
            case .event(let event):
                let timestamp = event.timestamp(recordedAt: Int64(bitPattern: header.timestamp))
                if event.isInScratch {
                    let scratch = decoder.scratch
                    count(event, scratch.span, timestamp)
                } else {
                    count(event, datagram, timestamp)
                }
            case .malformed: preconditionFailure("a packet of our own is readable")
            case .end: return
            }
        }
    }

    private mutating func count(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64) {
        let key = EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        failed.add(
            event.type,
            content: EventContent.hash(
                event.type, metricKey: key, value: event.value, rate: event.rate, timestamp: timestamp,
                flags: event.flags, bytes: bytes, name: event.name, tags: event.tags, extra: event.extra,
                text: event.text))
    }
}
