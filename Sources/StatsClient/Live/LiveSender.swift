import StatsModel
import StatsPipeline
import StatsWire
import SystemIO

/// The sockets' side of the worker: the first destination, and where one is given the second, which gets the second
/// copies and the client's reports as well.
struct LiveSender: ~Copyable {
    private var first: LiveLink
    private var second: LiveLink?
    private(set) var books: LiveBooks

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
        books = LiveBooks(keepsOutcomes: pipeline.breaker != nil, mayRepeat: pipeline.reliability != nil)
    }

    /// A link has no room for one more packet.
    var isFull: Bool { mutating get { first.isFull || second?.isFull == true } }
    /// Packets wait for a socket.
    var isStalled: Bool { mutating get { first.isStalled || second?.isStalled == true } }
    var isGivenUp: Bool { first.isGivenUp }

    /// From now on nothing waits for a socket any more.
    mutating func giveUp() {
        first.giveUp()
        second?.giveUp()
    }

    /// Gathers a packet; there must be room.
    mutating func append(_ datagram: Span<UInt8>, _ packet: OutgoingPacket) {
        switch packet.kind {
        case .data, .parity, .acknowledgement:
            // Second copies take the other way. What is sent again goes to the receiver that asked for it, in turns with the
            // other one: the way that lost it may be the one that fails.
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

    /// Takes the first destination's answers. The second has copies only of some packets, and would ask for all others.
    mutating func receive(_ body: (Span<UInt8>) -> Void) { first.receive(body) }

    /// Sends what was gathered, as far as the sockets take it.
    mutating func send(at now: Instant) {
        first.send(at: now, &books)
        second?.send(at: now, &books)
    }

    /// Events in packets that wait for a socket.
    var waiting: TypeCounts {
        mutating get { first.isStalled ? first.waiting(&books.tally) : TypeCounts() }
    }

    var isEmpty: Bool { mutating get { first.isEmpty && second?.isEmpty != false } }

    /// Tells the histograms of the packets that the system took; `wall` is the date now.
    mutating func takeSamples(at wall: Int64, into histograms: inout LiveHistograms) {
        for sample in books.samples {
            histograms.recordPacket(
                eventCount: sample.eventCount, age: wall &- sample.opened, endToEnd: wall &- sample.recorded)
        }
        books.samples.removeAll(keepingCapacity: true)
    }

    /// What became of a packet, once for each.
    mutating func takeOutcomes(_ body: (OutgoingPacket, SendOutcome) -> Void) {
        for (packet, outcome) in books.outcomes { body(packet, outcome) }
        books.outcomes.removeAll(keepingCapacity: true)
    }
}
