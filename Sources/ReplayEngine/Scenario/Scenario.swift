package import NetworkEmulator
package import PacketCapture
package import StatsModel
package import StatsPipeline
package import StatsReceiver

/// Everything that decides a run. Two runs of equal scenarios over equal bytes give equal records.
package struct Scenario: Sendable, Equatable {
    package var seed: UInt64 = 1
    /// The destination ports whose datagrams are replayed.
    package var ports = PortSet.standard
    /// The rules for datagrams that the capture shows twice, and for datagrams with wrong checksums.
    package var reading = ReadingRules.standard
    /// The dialect of text that servers read differently.
    package var dialect = DialectChoice.auto
    package var pace = Pace.recorded
    /// The number of times that the capture is played, one after the other.
    package var loop = 1
    /// The largest number of datagrams that are offered, over all loops. nil: all.
    package var limit: UInt64?
    /// The instant of the run from which nothing more is offered. nil: no end.
    package var duration: Nanoseconds?
    package var impairments = Impairments()
    package var client = ClientConfiguration()
    /// The file from which the client's configuration was read, if any. It has no effect on the equality of scenarios.
    package var clientOrigin = ClientOrigin(path: "")
    package var sender = SenderModel()
    package var receiver: ReceiverConfiguration
    /// The loss that is acceptable. It has no effect on the run, only on its verdict.
    package var lossLimits = LossLimits()

    package init() {
        receiver = ReceiverConfiguration()
        // The simulated receiver listens before the client starts, so missing numbers before the first packet are holes.
        receiver.listensFromStart = true
    }

    /// The client's session number. It is drawn from the seed, so that a run repeats to the byte.
    package var session: UInt64 { Self.session(seed: seed, restarts: 0) }

    /// The session of the client after this number of restarts.
    static func session(seed: UInt64, restarts: UInt64) -> UInt64 {
        KeyedRandom(seed: seed).draw(rule: 0x5E55_1011, flow: 0, sequence: restarts)
    }
}
