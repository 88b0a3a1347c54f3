import StatsModel
import StatsWire

/// Sends everything besides the first copy of each data packet, so that a lost packet does less harm: second copies,
/// retransmissions, running totals, parity packets, heartbeats and closing packets.
///
/// This is a machine without input or output. The pipeline reports when an event joins the open packet (``recordEvent(_:)``),
/// when a data packet is sealed (``handleSealed(_:_:at:)``), when an acknowledgement arrives
/// (``handleAcknowledgement(_:at:)``), and when the client closes (``handleClose(at:)``). The pipeline polls for packets to
/// send before the next data packet (``pollAheadOfData(at:timestamp:isPacketOpen:isDataOut:)``) and after the last one
/// (``pollBehindData(at:timestamp:isDataOut:)``), and reads the time of the next poll
/// (``nextDeadline(isPacketOpen:isDataOut:isHeldUp:)``).
///
/// All parts always exist. A part that the configuration switches off has no capacity, ignores every call, and has nothing to
/// send.
struct Mitigations: ~Copyable {
    /// The packet that was polled last.
    enum Polled {
        case nothing, report, parity
        case copy(slot: Int)
        case retransmission(Retransmission.Memory, index: Int)
    }

    let session: UInt64
    var reports: ReportSchedule
    /// The builder of reports. It is separate, since a data packet may be open while a report is due.
    var reportBuilder: PacketBuilder
    var copies: WaitingCopies
    var retransmission: Retransmission
    var runningTotals: RunningTotals
    var parity: ParityEncoder
    var polled = Polled.nothing
    /// The number of the newest data packet; 0 before the first.
    private(set) var newest: UInt64 = 0
    /// Whether the open packet holds an event of critical priority. Kept only if such packets are treated differently.
    var openIsCritical = false
    private let tracksCritical: Bool

    /// - Parameter configuration: a valid configuration
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

    /// Bytes that all parts allocate at their creation, including the report under construction.
    static func memory(_ configuration: ClientConfiguration) -> Int {
        max(configuration.maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount)
            + WaitingCopies.memory(configuration) + (configuration.activeReliability?.memoryUse ?? 0)
            + (configuration.activeParity?.memory(maximumPacketSize: configuration.maximumPacketSize) ?? 0)
    }

    // MARK: Data packets

    /// Whether the priority of the next event in the open packet matters. The pipeline then looks it up, and reports a critical
    /// event by ``handleCritical()``.
    var asksForPriority: Bool {
        @inline(__always) get { tracksCritical && !openIsCritical }
    }

    /// Notes that an event of critical priority joined the open packet.
    mutating func handleCritical() { openIsCritical = true }

    /// Records an event, or a record that stands for several events, that joined the open packet. Returns false if its metric
    /// is new here; ``recordUnseen(_:of:)`` must then be called. O(1); allocates nothing.
    @inline(__always)
    mutating func recordEvent(_ event: StatEvent) -> Bool {
        runningTotals.isOff || runningTotals.record(event, in: newest + 1)
    }

    /// The same for a metric that is new here. O(1); allocates nothing.
    mutating func recordUnseen(_ event: StatEvent, of metrics: MetricCatalog) {
        runningTotals.recordUnseen(event, of: metrics, in: newest + 1)
    }

    /// The flags for the header of the next data packet.
    var dataFlags: PacketFlags {
        retransmission.wantsAcknowledgement(newest + 1, isCritical: openIsCritical) ? .wantsAcknowledgement : []
    }

    /// Handles a data packet that was sealed and is sent now. Its number is one above the one before. Notes in `packet` whether
    /// a second copy follows. O(bytes); allocates nothing.
    mutating func handleSealed(_ packet: inout OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        newest = packet.sequence
        reports.handleDataSent(at: now)
        runningTotals.handleSealed(packet.sequence, at: now)
        if copies.covers(isCritical: openIsCritical) { copies.keep(&packet, datagram, at: now) }
        parity.add(packet, datagram, at: now)
        retransmission.store(packet, isCritical: openIsCritical, datagram, at: now)
        openIsCritical = false
    }

    // MARK: Acknowledgements

    /// Whether acknowledgements are used.
    var takesAnswers: Bool { !retransmission.isOff }

    /// Takes a datagram that arrived on the return path. Returns false and changes nothing if acknowledgements are not used, or
    /// if the datagram is not an intact acknowledgement of this session for numbers that were sent. O(bytes + packets kept).
    mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool {
        guard takesAnswers, let header = try? PacketHeader(decoding: datagram), header.session == session,
            let answer = Acknowledgement(decoding: datagram, header: header), answer.highest <= newest
        else { return false }
        // The packet that was polled last may no longer be kept.
        polled = .nothing
        retransmission.handle(answer, in: datagram, at: now)
        runningTotals.handleAnswer()
        if let from = retransmission.takeLost() {
            runningTotals.handleLost(from: from, at: now)
        } else if !retransmission.hasLost {
            runningTotals.handleFound()
        }
        return true
    }

    /// Ends retransmission. Critical packets that were not acknowledged are counted as unconfirmed.
    mutating func giveUpRetransmission() {
        polled = .nothing
        retransmission.giveUp()
    }
}
