package import StatsModel

/// The time that the client's single worker needs in the simulation. Without it, a fast replay could not fill the client's
/// buffers.
///
/// While the worker sends a packet, it drains nothing, and events wait in the ring. A packet costs
/// `perPacket + perEvent * events + perKilobyte * bytes / 1024`, charged when it is sealed. The figures were measured: one `send`
/// on loopback, at 480 000 a second for small packets and 465 000 for 1472 bytes, and the encoding of one event in the binary
/// codec.
package struct SenderModel: Sendable, Equatable {
    /// The system call: 1 / 480 000 s.
    package var perPacket = Nanoseconds(2_080)
    /// Draining and encoding one event.
    package var perEvent = Nanoseconds(25)
    /// Copying 1024 bytes and their checksum.
    package var perKilobyte = Nanoseconds(50)
    /// The time that the *producer* needs to record one event. It sets the speed of `--topspeed`.
    package var recordPerEvent = Nanoseconds(25)

    package init() {}

    /// The time for which a packet keeps the worker busy.
    package func serviceTime(events: Int, bytes: Int) -> Nanoseconds {
        Nanoseconds(
            perPacket.rawValue + perEvent.rawValue * Int64(events) + perKilobyte.rawValue * Int64(bytes) / 1024)
    }
}
