package import StatsModel
package import StatsReceiver
package import StatsWire
package import SystemIO

/// Drives a receiver machine at a real socket, in the thread that calls ``turn(timeout:_:)``. It takes datagrams in batches,
/// handles timeouts, and sends acknowledgements if the configuration enables them. The caller handles the contents of accepted
/// packets. Any number of clients may send: each address is a source (``LiveSources``).
///
/// Memory: 64 buffers for datagrams, and the machine's own. Nothing is allocated per datagram.
package struct LiveIntake: ~Copyable {
    /// The largest number of batches in one turn, so that the caller gets control back under any load.
    private static let batchLimit = 64

    private let socket: DatagramSocket
    private var batch: DatagramBatch
    private let clock: SystemClock
    private var machine: StatsReceiver
    private var sources: LiveSources<DatagramAddress>
    /// The acknowledgements that were sent.
    package private(set) var answers = LiveAnswers()
    /// Datagrams that were received, and their bytes.
    package private(set) var datagrams: UInt64 = 0
    package private(set) var byteCount: UInt64 = 0
    /// Datagrams among them that were refused: invalid ones, and packets with an incredible number.
    package private(set) var refused: UInt64 = 0
    /// Whether a closing packet arrived.
    package private(set) var isClosed = false

    /// - Parameters:
    ///   - socket: a bound socket; its receive buffer is set to `bufferByteCount`, but the kernel may grant less
    ///   - stride: the longest expected datagram in bytes; a longer one is cut, and then refused
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

    /// Takes the waiting datagrams, 4096 at most. It waits at most `timeout` for the first one. Returns the number of datagrams.
    ///
    /// - Parameter accepted: called with each data packet that was not known before, including packets recovered from parity, and
    ///   with the time
    @discardableResult
    package mutating func turn(
        timeout: Nanoseconds, _ accepted: (Span<UInt8>, PacketHeader, Instant) -> Void
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

    /// The time until an acknowledgement is due or a hole is too old, but at most `timeout`.
    private mutating func wait(atMost timeout: Nanoseconds) -> Nanoseconds {
        guard let due = machine.nextDeadline else { return timeout }
        return max(.zero, min(timeout, due - clock.now))
    }

    private mutating func answer() {
        let now = clock.now
        if let due = machine.nextDeadline, now >= due { machine.handleTimeout(at: now) }
        answers.send(&machine, to: sources, over: socket, at: now)
    }

    private mutating func take(_ accepted: (Span<UInt8>, PacketHeader, Instant) -> Void) {
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
                    accepted(datagram, header, now)
                // This may be a retransmission of a packet that arrived. Its sender waits for an acknowledgement.
                case .duplicate:
                    sources.record(session, from: address, as: source)
                case .control(let header):
                    if header.kind == .closing { isClosed = true }
                    // Packets of other kinds open no session.
                    if header.kind == .closing || header.kind == .heartbeat {
                        sources.record(session, from: address, as: source)
                    }
                case .corrupt, .outOfRange: refused += 1
                }
            }
            takeRebuilt(at: now, accepted)
        }
    }

    /// Takes the packets that the machine recovered from parity.
    private mutating func takeRebuilt(at now: Instant, _ accepted: (Span<UInt8>, PacketHeader, Instant) -> Void) {
        while let packet = machine.pollRebuilt(at: now) {
            guard case .accepted(let header, _) = packet.outcome else { continue }
            machine.withRebuilt { accepted($0, header, now) }
        }
    }

    /// Ends the reception: packets that are missing now are lost.
    package mutating func finish() { machine.finish(at: clock.now) }

    package var sessions: [SessionSummary] { machine.sessions }
}
