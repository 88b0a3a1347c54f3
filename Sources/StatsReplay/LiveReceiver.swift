public import StatsModel
public import StatsReceiver
import StatsWire
public import SystemIO

/// The receiving side at a real socket: batches of datagrams through the receiver machine into totals, in whatever thread
/// calls ``turn(timeout:)``. Senders that ask for it are answered, where the configuration says so.
///
/// Memory: 64 places for datagrams, what the machine and the totals take; nothing is allocated per datagram.
public struct LiveReceiver: ~Copyable {
    private let socket: DatagramSocket
    private var batch: DatagramBatch
    private let clock = SystemClock()
    private var machine: StatsReceiver
    /// What went back to the senders.
    public private(set) var answers = LiveAnswers()
    public private(set) var totals = EventTotals()
    /// Datagrams taken from the socket, and their bytes.
    public private(set) var datagrams: UInt64 = 0
    public private(set) var byteCount: UInt64 = 0
    /// Whether a closing packet came.
    public private(set) var isClosed = false

    /// - Parameters:
    ///   - socket: a bound one; its receive buffer is set to `bufferByteCount`, of which the kernel may grant less
    ///   - stride: bytes of the longest datagram expected
    public init(
        _ socket: consuming DatagramSocket, bufferByteCount: Int = 1 << 25, stride: Int = 2048,
        configuration: ReceiverConfiguration = ReceiverConfiguration()
    ) {
        socket.setReceiveBuffer(byteCount: bufferByteCount)
        _ = socket.watchOverflow()
        self.socket = socket
        batch = DatagramBatch(stride: stride)
        machine = StatsReceiver(configuration: configuration)
    }

    /// Takes everything that is there, waiting at most `timeout` for the first; answers how many datagrams.
    @discardableResult
    public mutating func turn(timeout: Nanoseconds) -> Int {
        var taken = 0
        while true {
            let count = socket.receive(into: &batch)
            if count == 0 {
                if taken > 0 { return taken }
                let isThere = socket.waitToReceive(timeout: wait(atMost: timeout))
                answer()
                if !isThere || socket.receive(into: &batch) == 0 { return taken }
            }
            taken += batch.count
            take()
            answer()
        }
    }

    /// Until an answer is due, or a hole too old.
    private func wait(atMost timeout: Nanoseconds) -> Nanoseconds {
        guard let due = machine.nextDeadline else { return timeout }
        return max(.zero, min(timeout, due - clock.now))
    }

    private mutating func answer() {
        let now = clock.now
        if let due = machine.nextDeadline, now >= due { machine.handleTimeout(at: now) }
        answers.send(&machine, over: socket, at: now)
    }

    /// Decodes the batch.
    private mutating func take() {
        let now = clock.now
        for index in 0..<batch.count {
            batch.withDatagram(index) { datagram in
                datagrams += 1
                byteCount += UInt64(datagram.count)
                let outcome = machine.receive(datagram, from: SourceID(1), at: now)
                switch outcome {
                case .accepted(let header, _), .control(let header), .duplicate(let header):
                    answers.record(header.session, from: batch.address(index))
                case .corrupt, .outOfRange: break
                }
                switch outcome {
                case .accepted(let header, _):
                    let counts = totals.record(packet: datagram, header: header)
                    machine.recordDelivered(counts, header, from: SourceID(1))
                case .control(let header): if header.kind == .closing { isClosed = true }
                case .corrupt, .duplicate, .outOfRange: break
                }
            }
            takeRebuilt(at: now)
        }
    }

    /// Decodes what the machine worked out from parity.
    private mutating func takeRebuilt(at now: Instant) {
        while let packet = machine.pollRebuilt(at: now) {
            guard case .accepted(let header, _) = packet.outcome else { continue }
            let counts = machine.withRebuilt { totals.record(packet: $0, header: header) }
            machine.recordDelivered(counts, header, from: packet.source)
        }
    }

    /// Nothing more will come: what is missing is lost.
    public mutating func finish() { machine.finish(at: clock.now) }

    public var sessions: [SessionSummary] { machine.sessions }
    /// Datagrams the kernel dropped because the socket's buffer was full, as far as a later datagram told.
    public var kernelDropped: UInt64 { batch.overflow }
    public var localPort: UInt16? { socket.localPort }
    /// What the kernel granted for the socket's buffer.
    public var receiveBuffer: Int { socket.receiveBuffer }
}
