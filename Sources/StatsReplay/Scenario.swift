public import NetworkEmulator
public import PacketCapture
public import StatsClient
public import StatsModel
public import StatsReceiver

/// Everything that decides a run: two runs of equal scenarios over equal bytes give equal records.
public struct Scenario: Sendable, Equatable {
    public var seed: UInt64 = 1
    /// Destination ports whose datagrams are replayed.
    public var ports = PortSet.standard
    /// What becomes of datagrams that the capture shows twice, and of those with wrong checksums.
    public var reading = ReadingRules.standard
    /// How text is read that servers take differently.
    public var dialect = DialectChoice.auto
    public var pace = Pace.recorded
    /// How many times the capture is played, one after the other.
    public var loop = 1
    /// Datagrams offered at most, over all loops; nil: all.
    public var limit: UInt64?
    /// Nothing is offered at or after this instant of the run; nil: no end.
    public var duration: Nanoseconds?
    public var impairments = Impairments()
    public var client = ClientConfiguration()
    /// Where the client's configuration was read from, if from a file. Two scenarios with and without are equal.
    public var clientOrigin = ClientOrigin(path: "")
    public var sender = SenderModel()
    public var receiver: ReceiverConfiguration

    public init() {
        receiver = ReceiverConfiguration()
        // The simulated receiver is up before the client starts, so numbers before the first one heard are holes.
        receiver.listensFromStart = true
    }

    /// The client's session number: drawn from the seed, so that a run repeats to the byte.
    public var session: UInt64 { KeyedRandom(seed: seed).draw(rule: 0x5E55_1011, flow: 0, sequence: 0) }
}
