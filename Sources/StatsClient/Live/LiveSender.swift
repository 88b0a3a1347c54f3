import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

/// The worker's sockets: the first destination, and the second one if there is one. The second gets the second copies and also
/// the client's reports.
struct LiveSender: ~Copyable {
    private var first: LiveLink
    private var second: LiveLink?
    private(set) var accounting: LiveAccounting

    init(
        configuration: StatsClient.Configuration, destination: Destination, secondDestination: Destination?,
        connector: LiveConnector, spot: ParkingSpot
    ) {
        first = LiveLink(
            configuration: configuration, destination: destination, connector: connector, spot: spot)
        second = nil
        if let secondDestination {
            second = LiveLink(
                configuration: configuration, destination: secondDestination, connector: connector, spot: spot)
        }
        let pipeline = configuration.workerPipeline
        accounting = LiveAccounting(keepsOutcomes: pipeline.breaker != nil, mayRepeat: pipeline.reliability != nil)
    }

    /// Whether a link has no room for one more packet.
    var isFull: Bool { mutating get { first.isFull || second?.isFull == true } }
    /// Whether packets wait for a socket.
    var isStalled: Bool { mutating get { first.isStalled || second?.isStalled == true } }
    var isGivenUp: Bool { first.isGivenUp }

    /// Stops all waiting for a socket.
    mutating func giveUp() {
        first.giveUp()
        second?.giveUp()
    }

    /// Gathers a packet. There must be room.
    mutating func append(_ datagram: Span<UInt8>, _ packet: OutgoingPacket) {
        switch packet.kind {
        case .data, .parity, .acknowledgement:
            // Second copies go to the second destination. Retransmissions alternate between the receiver that requested them and
            // the other one, because the path that lost the packet may be the broken one.
            if packet.copy % 2 == 1, second != nil {
                second?.append(datagram, packet)
            } else {
                first.append(datagram, packet)
            }
        case .heartbeat, .closing:
            first.append(datagram, packet)
            second?.append(datagram, packet)
        }
    }

    /// Receives the first destination's acknowledgements. The second destination gets copies of some packets only, and would
    /// request all others.
    mutating func receive(_ body: (Span<UInt8>) -> Void) { first.receive(body) }

    /// Sends the gathered packets, as far as the sockets take them.
    mutating func send(at now: Instant) {
        first.send(at: now, &accounting)
        second?.send(at: now, &accounting)
    }

    /// Events in packets that wait for a socket.
    var waiting: TypeCounts {
        mutating get { first.isStalled ? first.waiting(&accounting.tally) : TypeCounts() }
    }

    var isEmpty: Bool { mutating get { first.isEmpty && second?.isEmpty != false } }

    /// Adds the packets that the system took to the histograms. `wall` is the present time since 1970.
    mutating func takeSamples(at wall: Int64, into histograms: inout LiveHistograms) {
        for sample in accounting.samples {
            histograms.recordPacket(
                eventCount: sample.eventCount, age: wall &- sample.opened, endToEnd: wall &- sample.recorded)
        }
        accounting.samples.removeAll(keepingCapacity: true)
    }

    /// Takes the outcomes of packets, each once.
    mutating func takeOutcomes(_ body: (OutgoingPacket, SendOutcome) -> Void) {
        for (packet, outcome) in accounting.outcomes { body(packet, outcome) }
        accounting.outcomes.removeAll(keepingCapacity: true)
    }
}
