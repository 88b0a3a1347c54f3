import StatsModel
import StatsReceiver
import StatsWire
import SystemIO

/// Sends a receiver machine's answers back to where each session's last packet came from (``LiveSources``): a sender that
/// makes a new socket is answered there.
package struct LiveAnswers: Sendable {
    /// Answers that the system took, and their bytes.
    package private(set) var sent: UInt64 = 0
    package private(set) var byteCount: UInt64 = 0

    init() {}

    /// Sends what is due. An answer that the system does not take is lost, as it may be on its way.
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
