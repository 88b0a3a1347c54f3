package import NetworkEmulator
package import PacketCapture
package import StatsModel
package import StatsPipeline
package import StatsReceiver

/// Everything that decides a run: two runs of equal scenarios over equal bytes give equal records.
package struct Scenario: Sendable, Equatable {
    package var seed: UInt64 = 1
    /// Destination ports whose datagrams are replayed.
    package var ports = PortSet.standard
    /// What becomes of datagrams that the capture shows twice, and of those with wrong checksums.
    package var reading = ReadingRules.standard
    /// How text is read that servers take differently.
    package var dialect = DialectChoice.auto
    package var pace = Pace.recorded
    /// How many times the capture is played, one after the other.
    package var loop = 1
    /// Datagrams offered at most, over all loops; nil: all.
    package var limit: UInt64?
    /// Nothing is offered at or after this instant of the run; nil: no end.
    package var duration: Nanoseconds?
    package var impairments = Impairments()
    package var client = ClientConfiguration()
    /// Where the client's configuration was read from, if from a file. Two scenarios with and without are equal.
    package var clientOrigin = ClientOrigin(path: "")
    package var sender = SenderModel()
    package var receiver: ReceiverConfiguration
    /// How much loss is acceptable. It changes nothing of what happens, only how the run is judged.
    package var lossLimits = LossLimits()

    package init() {
        receiver = ReceiverConfiguration()
        // The simulated receiver is up before the client starts, so numbers before the first one heard are holes.
        receiver.listensFromStart = true
    }

    /// The client's session number: drawn from the seed, so that a run repeats to the byte.
    package var session: UInt64 { Self.session(seed: seed, restarts: 0) }

    /// The session of the client that was started again so many times.
    static func session(seed: UInt64, restarts: UInt64) -> UInt64 {
        KeyedRandom(seed: seed).draw(rule: 0x5E55_1011, flow: 0, sequence: restarts)
    }
}
