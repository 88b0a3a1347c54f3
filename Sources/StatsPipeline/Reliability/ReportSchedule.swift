import StatsModel
import StatsWire

/// The times of the client's reports: heartbeats while the session is open, and closing packets at its end.
///
/// Heartbeats begin with the first data packet. Before it there is no number to report, and a client that is never used sends
/// nothing. Each heartbeat is due one interval after the last one was sent, so a sender that was held up does not catch up on
/// missed heartbeats. While no data is sent, the interval doubles after each heartbeat, up to an hour. The first heartbeats
/// inform the receiver of a lost tail. The later ones only show that the session is still open. A clock that jumps by years
/// thus costs a few packets instead of millions. Closing packets are sent after everything that is buffered. The first one is
/// due at once.
package struct ReportSchedule {
    private enum Phase {
        case silent
        case open(heartbeat: Instant, then: Nanoseconds)
        case closing(copies: Int, due: Instant)
    }

    /// The longest interval between heartbeats of an idle session, unless the configured interval is longer.
    private static let longestInterval = Nanoseconds.seconds(3600)

    private let heartbeatInterval: Nanoseconds
    private let closingInterval: Nanoseconds
    private let closingCopies: Int
    /// Whether no reports are sent, because the servers of text formats would read a report as a malformed line.
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

    /// Whether every closing packet was sent.
    var isFinished: Bool {
        switch phase {
        case .silent, .open: false
        case .closing(let copies, _): copies == 0
        }
    }

    /// The time of the next report. nil if there is none. A closing packet that is due may still have to wait for other
    /// packets.
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

    /// Handles a packet that contains everything that a heartbeat contains. The next heartbeat is due one interval later.
    mutating func handleHeartbeatSent(at now: Instant) {
        switch phase {
        case .silent, .closing: break
        case .open(_, let interval): phase = .open(heartbeat: now + interval, then: interval)
        }
    }

    /// Ends the heartbeats. Only the first call has an effect.
    mutating func handleClose(at now: Instant) {
        switch phase {
        case .silent, .open: phase = .closing(copies: closingCopies, due: now)
        case .closing: break
        }
    }

    /// Ends the session without any further report.
    mutating func handleAbandon(at now: Instant) { phase = .closing(copies: 0, due: now) }

    /// Returns whether a heartbeat is due. The next one is then scheduled.
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

    /// Returns whether a closing packet is due. It then counts as sent. Call it only when nothing is buffered any more.
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
