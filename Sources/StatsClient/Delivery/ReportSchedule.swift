import StatsModel

/// When the client speaks of itself: heartbeats while the session is open, closing packets at its end.
///
/// Heartbeats begin with the first data packet: before it there is no number to speak of, and a client that is never
/// used stays silent. Each is due one interval after the last one went out, so that a sender which was held up does
/// not catch up on those it missed. Closing packets go out once everything buffered has; the first at once.
struct ReportSchedule {
    private enum Phase {
        case silent
        case open(heartbeat: Instant)
        case closing(copies: Int, due: Instant)
    }

    private let heartbeatInterval: Nanoseconds
    private let closingInterval: Nanoseconds
    private let closingCopies: Int
    private var phase = Phase.silent

    init(configuration: ClientConfiguration) {
        heartbeatInterval = configuration.heartbeatInterval
        closingInterval = configuration.closingInterval
        closingCopies = configuration.closingCopies
    }

    var isClosing: Bool {
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
        case .open(let heartbeat): heartbeat
        case .closing(let copies, let due): copies > 0 ? due : nil
        }
    }

    mutating func handleDataSent(at now: Instant) {
        switch phase {
        case .silent: phase = .open(heartbeat: now + heartbeatInterval)
        case .open, .closing: break
        }
    }

    /// Ends the heartbeats. Only the first call counts.
    mutating func handleClose(at now: Instant) {
        switch phase {
        case .silent, .open: phase = .closing(copies: closingCopies, due: now)
        case .closing: break
        }
    }

    /// Whether a heartbeat is due; then the next one is set.
    mutating func pollHeartbeat(at now: Instant) -> Bool {
        switch phase {
        case .silent, .closing: return false
        case .open(let heartbeat):
            guard now >= heartbeat else { return false }
            phase = .open(heartbeat: now + heartbeatInterval)
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
