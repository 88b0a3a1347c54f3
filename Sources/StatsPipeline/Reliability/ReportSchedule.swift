import StatsModel
import StatsWire

/// When the client speaks of itself: heartbeats while the session is open, closing packets at its end.
///
/// Heartbeats begin with the first data packet: before it there is no number to speak of, and a client that is never
/// used stays silent. Each is due one interval after the last one went out, so that a sender which was held up does
/// not catch up on those it missed. While no data goes out the distance doubles from one heartbeat to the next, up to
/// an hour: the first ones tell the receiver of a lost tail, the later ones only that the session lives, and a clock
/// that jumps by years costs a few packets instead of millions. Closing packets go out once everything buffered has;
/// the first at once.
package struct ReportSchedule {
    private enum Phase {
        case silent
        case open(heartbeat: Instant, then: Nanoseconds)
        case closing(copies: Int, due: Instant)
    }

    /// Heartbeats of an idle session are at most this far apart.
    private static let longestInterval = Nanoseconds.seconds(3600)

    private let heartbeatInterval: Nanoseconds
    private let closingInterval: Nanoseconds
    private let closingCopies: Int
    /// Text servers would take a report for a broken line.
    private let isSilent: Bool
    private var phase = Phase.silent

    init(configuration: ClientConfiguration) {
        heartbeatInterval = Nanoseconds(configuration.heartbeatInterval)
        closingInterval = Nanoseconds(configuration.closingInterval)
        isSilent = configuration.format.dialect != nil
        closingCopies = isSilent ? 0 : configuration.closingCopies
    }

    package var isClosing: Bool {
        switch phase {
        case .silent, .open: false
        case .closing: true
        }
    }

    /// Whether every closing packet has gone out.
    var isFinished: Bool {
        switch phase {
        case .silent, .open: false
        case .closing(let copies, _): copies == 0
        }
    }

    /// When the next report is due; nil: none is. While closing, that it is due does not say that it may go out yet.
    var deadline: Instant? {
        switch phase {
        case .silent: nil
        case .open(let heartbeat, _): heartbeat
        case .closing(let copies, let due): copies > 0 ? due : nil
        }
    }

    mutating func handleDataSent(at now: Instant) {
        if isSilent { return }
        switch phase {
        case .silent: phase = .open(heartbeat: now + heartbeatInterval, then: heartbeatInterval)
        case .open(let heartbeat, _):
            phase = .open(heartbeat: min(heartbeat, now + heartbeatInterval), then: heartbeatInterval)
        case .closing: break
        }
    }

    /// A packet went out that says all that a heartbeat does: the next one is due an interval later.
    mutating func handleHeartbeatSent(at now: Instant) {
        switch phase {
        case .silent, .closing: break
        case .open(_, let interval): phase = .open(heartbeat: now + interval, then: interval)
        }
    }

    /// Ends the heartbeats. Only the first call counts.
    mutating func handleClose(at now: Instant) {
        switch phase {
        case .silent, .open: phase = .closing(copies: closingCopies, due: now)
        case .closing: break
        }
    }

    /// Nothing is said any more: there is no way to anybody who could hear it.
    mutating func handleAbandon(at now: Instant) { phase = .closing(copies: 0, due: now) }

    /// Whether a heartbeat is due; then the next one is set.
    mutating func pollHeartbeat(at now: Instant) -> Bool {
        switch phase {
        case .silent, .closing: return false
        case .open(let heartbeat, let interval):
            guard now >= heartbeat else { return false }
            let longest = max(heartbeatInterval, Self.longestInterval)
            phase = .open(heartbeat: now + interval, then: interval.doubled(atMost: longest))
            return true
        }
    }

    /// Whether a closing packet is due; then it counts as sent. To be asked only when nothing is buffered any more.
    mutating func pollClosing(at now: Instant) -> Bool {
        switch phase {
        case .silent, .open: return false
        case .closing(let copies, let due):
            guard copies > 0, now >= due else { return false }
            phase = .closing(copies: copies - 1, due: now + closingInterval)
            return true
        }
    }
}
