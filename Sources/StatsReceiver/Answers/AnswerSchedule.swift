import StatsModel
import StatsWire

/// Decides when a session is acknowledged next.
///
/// An acknowledgement needs a reason: a packet that requests it, a duplicate (its sender does not know that the packet arrived),
/// a closing packet, or a pending hole. A hole that was given up is no reason. It is still listed in every acknowledgement while
/// its number is inside the window.
struct AnswerSchedule: Sendable {
    private let configuration: AcknowledgementConfiguration
    private(set) var due: Instant?
    /// The number of the data packet that arrived last, and its time.
    private(set) var latest: (sequence: UInt64, time: Instant) = (0, .start)
    /// The number of data packets until the next acknowledgement while a hole is pending.
    private var packetsLeft: Int
    private var interval: Nanoseconds

    init(_ configuration: AcknowledgementConfiguration) {
        self.configuration = configuration
        packetsLeft = configuration.packetInterval
        interval = configuration.repeatInterval
    }

    /// Takes a data packet. `opened` is the number of holes that it revealed, and `pending` the number of all pending holes.
    mutating func handleData(
        _ header: PacketHeader, isDuplicate: Bool, isRebuilt: Bool = false, opened: UInt64, pending: UInt64, at now: Instant
    ) {
        // The sender measures the round trip from the arrival of a packet. A packet recovered from parity did not arrive now.
        if !isRebuilt { latest = (header.sequence, now) }
        if isDuplicate || header.knownFlags.contains(.wantsAcknowledgement) { schedule(at: now + configuration.delay) }
        guard pending > 0 else { return }
        handleHoles(opened, at: now)
        packetsLeft -= 1
        if packetsLeft <= 0 { schedule(at: now) }
    }

    /// Takes a report.
    mutating func handleReport(_ header: PacketHeader, opened: UInt64, pending: UInt64, at now: Instant) {
        switch header.kind {
        case .closing: schedule(at: now)
        case .heartbeat:
            if header.knownFlags.contains(.wantsAcknowledgement) { schedule(at: now + configuration.delay) }
        case .data, .parity, .acknowledgement: break
        }
        if pending > 0 { handleHoles(opened, at: now) }
    }

    private mutating func handleHoles(_ opened: UInt64, at now: Instant) {
        guard opened > 0 else { return }
        interval = configuration.repeatInterval
        packetsLeft = min(packetsLeft, configuration.reorderTolerance)
        schedule(at: now + configuration.delay)
    }

    private mutating func schedule(at time: Instant) { due = min(due ?? time, time) }

    /// Records that an acknowledgement was sent.
    mutating func handleAnswer(pending: UInt64, at now: Instant) {
        packetsLeft = configuration.packetInterval
        due = pending > 0 ? now + interval : nil
        interval = interval.doubled(atMost: configuration.longestRepeatInterval)
    }
}
