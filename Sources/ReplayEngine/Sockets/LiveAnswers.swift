import StatsModel
import StatsReceiver
import StatsWire
import SystemIO

/// Sends a receiver's acknowledgements to the address of each session's last packet (``LiveSources``). A sender with a new socket
/// gets its acknowledgements there.
package struct LiveAnswers: Sendable {
    /// Acknowledgements that the operating system took, and their bytes.
    package private(set) var sent: UInt64 = 0
    package private(set) var byteCount: UInt64 = 0

    init() {}

    /// Sends the acknowledgements that are due. If the operating system does not take one, it is lost, like a packet that is lost
    /// in the network.
    mutating func send(
        _ machine: inout StatsReceiver, to sources: LiveSources<DatagramAddress>, over socket: borrowing DatagramSocket,
        at now: Instant
    ) {
        while let answer = machine.pollAcknowledgement(at: now) {
            guard let address = sources.address(of: answer.session) else { continue }
            let isTaken = machine.withAcknowledgement { bytes in socket.send(bytes, to: address) }
            if isTaken {
                sent += 1
                byteCount += UInt64(answer.byteCount)
            }
        }
    }
}
