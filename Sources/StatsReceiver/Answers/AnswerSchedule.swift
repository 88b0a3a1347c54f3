import StatsModel
import StatsWire

/// When a session is answered next.
///
/// Without a reason nothing is said: a packet that asks for it, one that came twice (its sender does not know that it
/// came), a closing packet, or a hole that is pending. A hole given up is still named in every answer while its number is
/// inside the window, but is no reason for one.
struct AnswerSchedule: Sendable {
    private let configuration: AcknowledgementConfiguration
    private(set) var due: Instant?
    /// The data packet that arrived last, and when.
    private(set) var latest: (sequence: UInt64, time: Instant) = (0, .start)
    /// Data packets until the next answer while a hole is pending.
    private var packetsLeft: Int
    private var interval: Nanoseconds

    init(_ configuration: AcknowledgementConfiguration) {
        self.configuration = configuration
        packetsLeft = configuration.packetInterval
        interval = configuration.repeatInterval
    }

    /// A data packet arrived. `opened`: holes that it showed; `pending`: all that may still fill.
    mutating func handleData(
        _ header: PacketHeader, isDuplicate: Bool, isRebuilt: Bool = false, opened: UInt64, pending: UInt64, at now: Instant
    ) {
        // From when a packet came its sender measures the way there and back: one worked out from parity did not come now.
        if !isRebuilt { latest = (header.sequence, now) }
        if isDuplicate || header.knownFlags.contains(.wantsAcknowledgement) { schedule(at: now + configuration.delay) }
        guard pending > 0 else { return }
        handleHoles(opened, at: now)
        packetsLeft -= 1
        if packetsLeft <= 0 { schedule(at: now) }
    }

    /// A report arrived.
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

    /// The answer was given.
    mutating func handleAnswer(pending: UInt64, at now: Instant) {
        packetsLeft = configuration.packetInterval
        due = pending > 0 ? now + interval : nil
        interval = interval.doubled(atMost: configuration.longestRepeatInterval)
    }
}
