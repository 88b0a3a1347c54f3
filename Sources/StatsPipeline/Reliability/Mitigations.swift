import StatsModel
import StatsWire

/// Everything that a client sends beside each data packet's first copy, so that a lost packet does less harm: second copies,
/// retransmissions, running totals, parity packets, heartbeats and closing packets.
///
/// A machine without input or output. The pipeline tells it what happens: an event joined the open packet
/// (``recordEvent(_:)``), a data packet was sealed (``handleSealed(_:_:at:)``), the receiver answered
/// (``handleAcknowledgement(_:at:)``), the client closes (``handleClose(at:)``). It asks what goes out in front of the next
/// data packet (``pollAheadOfData(at:timestamp:isPacketOpen:isDataOut:)``) and behind the last one
/// (``pollBehindData(at:timestamp:isDataOut:)``), and when to ask again
/// (``nextDeadline(isPacketOpen:isDataOut:isHeldUp:)``).
///
/// Each part is always there. A part that the configuration switches off has no capacity, does nothing when it is told
/// something, and has nothing to send.
struct Mitigations: ~Copyable {
    /// The packet polled last.
    enum Polled {
        case nothing, report, parity
        case copy(slot: Int)
        case retransmission(Retransmission.Memory, index: Int)
    }

    let session: UInt64
    var reports: ReportSchedule
    /// Reports are built apart, since a data packet may be open while one is due.
    var reportBuilder: PacketBuilder
    var copies: WaitingCopies
    var retransmission: Retransmission
    var runningTotals: RunningTotals
    var parity: ParityEncoder
    var polled = Polled.nothing
    /// The number of the newest data packet; 0 before the first.
    private(set) var newest: UInt64 = 0
    /// An event of critical priority stands in the open packet. Only kept where it decides what becomes of the packet.
    var openIsCritical = false
    private let tracksCritical: Bool

    /// - Parameter configuration: a valid one
    init(configuration: ClientConfiguration, session: UInt64) {
        self.session = session
        reports = ReportSchedule(configuration: configuration)
        reportBuilder = PacketBuilder(maximumSize: configuration.maximumPacketSize, codec: .none)
        copies = WaitingCopies(configuration: configuration)
        retransmission = Retransmission(configuration: configuration.activeReliability)
        runningTotals = RunningTotals(configuration.activeReliability ?? .none, configuration)
        parity = Self.parityEncoder(configuration, session: session)
        tracksCritical = configuration.redundancy == .critical || configuration.activeReliability != nil
    }

    private static func parityEncoder(_ configuration: ClientConfiguration, session: UInt64) -> ParityEncoder {
        guard let parity = configuration.activeParity else { return ParityEncoder() }
        do throws(ConfigurationError) {
            return try ParityEncoder(
                configuration: parity, session: session, maximumPacketSize: configuration.maximumPacketSize)
        } catch {
            preconditionFailure("a valid client has a valid parity: \(error)")
        }
    }

    /// Bytes that all parts allocate when they are made, the report under construction included.
    static func memory(_ configuration: ClientConfiguration) -> Int {
        max(configuration.maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount)
            + WaitingCopies.memory(configuration) + (configuration.activeReliability?.memoryUse ?? 0)
            + (configuration.activeParity?.memory(maximumPacketSize: configuration.maximumPacketSize) ?? 0)
    }

    // MARK: Data packets

    /// Whether the priority of an event that joins the open packet matters: then the pipeline looks it up, and tells of a
    /// critical one by ``handleCritical()``.
    var asksForPriority: Bool {
        @inline(__always) get { tracksCritical && !openIsCritical }
    }

    /// An event of critical priority joined the open packet.
    mutating func handleCritical() { openIsCritical = true }

    /// An event, or a record that stands for several, joined the open packet. False where its metric is new here: then
    /// ``recordUnseen(_:of:)`` is to be called. O(1); allocates nothing.
    @inline(__always)
    mutating func recordEvent(_ event: StatEvent) -> Bool {
        runningTotals.isOff || runningTotals.record(event, in: newest + 1)
    }

    /// The same for a metric that is new here. O(1); allocates nothing.
    mutating func recordUnseen(_ event: StatEvent, of metrics: MetricCatalog) {
        runningTotals.recordUnseen(event, of: metrics, in: newest + 1)
    }

    /// What the header of the next data packet is to say.
    var dataFlags: PacketFlags {
        retransmission.wantsAcknowledgement(newest + 1, isCritical: openIsCritical) ? .wantsAcknowledgement : []
    }

    /// A data packet was sealed, and goes out now. Its number is one above the one before. Notes in `packet` whether a second
    /// copy follows. O(bytes), allocates nothing.
    mutating func handleSealed(_ packet: inout OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        newest = packet.sequence
        reports.handleDataSent(at: now)
        runningTotals.handleSealed(packet.sequence, at: now)
        if copies.covers(isCritical: openIsCritical) { copies.keep(&packet, datagram, at: now) }
        parity.add(packet, datagram, at: now)
        retransmission.store(packet, isCritical: openIsCritical, datagram, at: now)
        openIsCritical = false
    }

    // MARK: Answers

    /// Whether the receiver's answers are of any use.
    var takesAnswers: Bool { !retransmission.isOff }

    /// Takes a datagram that came back from the receiver. False where it is no acknowledgement of this session, or its
    /// checksum fails; then nothing happened. O(bytes), O(packets kept).
    mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool {
        guard takesAnswers, let header = try? PacketHeader(decoding: datagram), header.session == session,
            let answer = Acknowledgement(decoding: datagram, header: header), answer.highest <= newest
        else { return false }
        // The packet polled last may no longer be kept.
        polled = .nothing
        retransmission.handle(answer, in: datagram, at: now)
        runningTotals.handleHeard()
        if let from = retransmission.takeLost() {
            runningTotals.handleLost(from: from, at: now)
        } else if !retransmission.hasLost {
            runningTotals.handleFound()
        }
        return true
    }

    /// Nothing is retransmitted from now on; packets that were not acknowledged are counted as unconfirmed.
    mutating func giveUpRetransmission() {
        polled = .nothing
        retransmission.giveUp()
    }
}
