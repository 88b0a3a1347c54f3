package import StatsModel

/// What time costs the client's one worker in the simulation, so that a fast replay can really fill its buffers.
///
/// The worker is a single server: while it sends a packet it drains nothing, and events wait in the ring. A packet
/// costs `perPacket + perEvent * events + perKilobyte * bytes / 1024`, charged when it is sealed. The figures are
/// those of one `send` on loopback, measured at 480 000 a second for small packets and 465 000 for 1472 bytes, and of
/// encoding one event in the binary codec.
package struct SenderModel: Sendable, Equatable {
    /// The system call: 1 / 480 000 s.
    package var perPacket = Nanoseconds(2_080)
    /// Drain and encode one event.
    package var perEvent = Nanoseconds(25)
    /// Copy and checksum 1024 bytes.
    package var perKilobyte = Nanoseconds(50)
    /// What recording one event costs the *producer*; it paces `--topspeed`.
    package var recordPerEvent = Nanoseconds(25)

    package init() {}

    /// How long the worker is busy with this packet.
    package func serviceTime(events: Int, bytes: Int) -> Nanoseconds {
        Nanoseconds(
            perPacket.rawValue + perEvent.rawValue * Int64(events) + perKilobyte.rawValue * Int64(bytes) / 1024)
    }
}
