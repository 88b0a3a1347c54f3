package import StatsModel
package import StatsReceiver
package import StatsWire
package import SystemIO

/// Turns a receiver machine at a real socket, in whatever thread calls ``turn(timeout:_:)``: batches of datagrams go in, what
/// is due happens, and senders that ask for it are answered, where the configuration says so. What accepted packets hold
/// is for the caller. Any number of clients may send: each address is a source (``LiveSources``).
///
/// Memory: 64 places for datagrams and what the machine takes; nothing is allocated per datagram.
package struct LiveIntake: ~Copyable {
    /// Batches that one turn takes at most, so that its caller gets a word in under any load.
    private static let batchLimit = 64

    private let socket: DatagramSocket
    private var batch: DatagramBatch
    private let clock: SystemClock
    private var machine: StatsReceiver
    private var sources: LiveSources<DatagramAddress>
    /// What went back to the senders.
    package private(set) var answers = LiveAnswers()
    /// Datagrams taken from the socket, and their bytes.
    package private(set) var datagrams: UInt64 = 0
    package private(set) var byteCount: UInt64 = 0
    /// Of those: packets that had come before, and such as are none or of a number that nobody believes.
    package private(set) var duplicates: UInt64 = 0
    package private(set) var refused: UInt64 = 0
    /// Whether a closing packet came.
    package private(set) var isClosed = false

    /// - Parameters:
    ///   - socket: a bound one; its receive buffer is set to `bufferByteCount`, of which the kernel may grant less
    ///   - stride: bytes of the longest datagram expected; a longer one is cut, and refused
    package init(
        _ socket: consuming DatagramSocket, bufferByteCount: Int, stride: Int, configuration: ReceiverConfiguration,
        clock: SystemClock = SystemClock()
    ) {
        socket.setReceiveBuffer(byteCount: bufferByteCount)
        _ = socket.watchOverflow()
        self.socket = socket
        self.clock = clock
        batch = DatagramBatch(stride: stride)
        machine = StatsReceiver(configuration: configuration)
        sources = LiveSources(limit: configuration.maximumSessions)
    }

    /// Takes what is there, 4096 datagrams at most, waiting at most `timeout` for the first; answers how many.
    ///
    /// - Parameter accepted: given each data packet not known before, those worked out from parity too, and the time; answers
    ///   which records it held
    @discardableResult
    package mutating func turn(
        timeout: Nanoseconds, _ accepted: (Span<UInt8>, PacketHeader, Instant) -> TypeCounts
    ) -> Int {
        var taken = 0
        for _ in 0..<Self.batchLimit {
            if socket.receive(into: &batch) == 0 {
                if taken > 0 { return taken }
                let isThere = socket.waitToReceive(timeout: wait(atMost: timeout))
                answer()
                if !isThere || socket.receive(into: &batch) == 0 { return taken }
            }
            taken += batch.count
            take(accepted)
            answer()
        }
        return taken
    }

    /// Until an answer is due, or a hole too old.
    private func wait(atMost timeout: Nanoseconds) -> Nanoseconds {
        guard let due = machine.nextDeadline else { return timeout }
        return max(.zero, min(timeout, due - clock.now))
    }

    private mutating func answer() {
        let now = clock.now
        if let due = machine.nextDeadline, now >= due { machine.handleTimeout(at: now) }
        answers.send(&machine, to: sources, over: socket, at: now)
    }

    private mutating func take(_ accepted: (Span<UInt8>, PacketHeader, Instant) -> TypeCounts) {
        let now = clock.now
        for index in 0..<batch.count {
            batch.withDatagram(index) { datagram in
                datagrams += 1
                byteCount += UInt64(datagram.count)
                let address = batch.address(index)
                let session = PacketHeader(unverified: datagram)?.session ?? 0
                let source = sources.source(of: session, from: address)
                switch machine.receive(datagram, from: source, at: now) {
                case .accepted(let header, _):
                    sources.record(session, from: address, as: source)
                    machine.recordDelivered(accepted(datagram, header, now), header, from: source)
                    machine.recordArrived(packet: datagram, header, from: source)
                // Sent again although it had come: its sender waits for an answer.
                case .duplicate:
                    sources.record(session, from: address, as: source)
                    duplicates += 1
                case .control(let header):
                    if header.kind == .closing { isClosed = true }
                    // The other kinds open no session.
                    if header.kind == .closing || header.kind == .heartbeat {
                        sources.record(session, from: address, as: source)
                    }
                case .corrupt, .outOfRange: refused += 1
                }
            }
            takeRebuilt(at: now, accepted)
        }
    }

    /// What the machine worked out from parity.
    private mutating func takeRebuilt(at now: Instant, _ accepted: (Span<UInt8>, PacketHeader, Instant) -> TypeCounts) {
        while let packet = machine.pollRebuilt(at: now) {
            guard case .accepted(let header, _) = packet.outcome else { continue }
            let counts = machine.withRebuilt { accepted($0, header, now) }
            machine.recordDelivered(counts, header, from: packet.source)
            machine.recordArrivedRebuilt(header, from: packet.source)
        }
    }

    /// Nothing more will come: what is missing is lost.
    package mutating func finish() { machine.finish(at: clock.now) }

    package var sessions: [SessionSummary] { machine.sessions }
    /// What running totals restored (``ReceiverConfiguration/maximumStatedMetrics``).
    package var restated: [RestatedMetric] { machine.restated }
    /// Datagrams the kernel dropped because the socket's buffer was full, as far as a later datagram told.
    package var kernelDropped: UInt64 { batch.overflow }
    package var localPort: UInt16? { socket.localPort }
    /// What the kernel granted for the socket's buffer.
    package var receiveBuffer: Int { socket.receiveBuffer }
}
