package import StatsModel

/// A period in which the receiver or the path to it fails, once or repeatedly. Restarts of the client count as such periods
/// too.
package struct DownstreamFault: Hashable, Sendable {
    /// The ways to fail.
    package enum Kind: Hashable, Sendable {
        /// Nobody listens. The packet is lost, and the ICMP message about it makes the next send fail (ECONNREFUSED).
        case refuse
        /// There is no route: the send fails (ENETUNREACH).
        case unreachable
        /// Packets are lost, and the sender learns nothing.
        case blackhole
        /// The send would block (EAGAIN).
        case stall
        /// The system has no buffer (ENOBUFS).
        case buffers
        /// Every packet is delayed by this much more.
        case slow(Nanoseconds)
        /// This many packets in a row are lost, whatever their kind, from the first packet that is sent at or after the start.
        case burst(Int)
        /// The receiver is down for the length, if any, and refuses packets as in ``refuse``. It then restarts without its
        /// state.
        case restart
        /// The client's process ends, and a new process with a new session starts at once.
        case clientRestart

        var name: String {
            switch self {
            case .refuse: "refuse"
            case .unreachable: "unreachable"
            case .blackhole: "blackhole"
            case .stall: "stall"
            case .buffers: "buffers"
            case .slow: "slow"
            case .burst: "burst"
            case .restart: "restart"
            case .clientRestart: "client-restart"
            }
        }

        fileprivate static let plain: [Self] = [
            .refuse, .unreachable, .blackhole, .stall, .buffers, .restart, .clientRestart,
        ]

        /// Whether the kind has a length. Instantaneous kinds have none.
        fileprivate var length: Presence {
            switch self {
            case .refuse, .unreachable, .blackhole, .stall, .buffers, .slow: .required
            case .restart: .optional
            case .clientRestart, .burst: .none
            }
        }
    }

    fileprivate enum Presence {
        case required, optional, none
    }

    package var kind: Kind
    /// When it first begins, on the run's clock.
    package var start: Nanoseconds
    /// How long it lasts. Zero for a restart that takes no time, and for a burst, which is counted in packets.
    package var length: Nanoseconds
    /// The time from one beginning to the next; nil for a single occurrence.
    package var period: Nanoseconds?

    /// The shortest period allowed. A run processes each beginning separately, so a shorter period would slow it down.
    package static let shortestPeriod = Nanoseconds.milliseconds(1)

    /// Traps unless the start is not negative, the length is valid and the period is longer than the length. The length is
    /// above zero; it may be zero for restarts, and must be zero for restarts of the client and for bursts.
    package init(_ kind: Kind, start: Nanoseconds, length: Nanoseconds = .zero, period: Nanoseconds? = nil) {
        switch kind.length {
        case .required: precondition(start >= .zero && length > .zero, "a failure begins in the run and lasts")
        case .optional: precondition(start >= .zero && length >= .zero, "a restart begins in the run")
        case .none: precondition(start >= .zero && length == .zero, "a client's restart, or a burst, begins at an instant")
        }
        precondition(period.map { $0 > length } ?? true, "a failure ends before it begins again")
        self.kind = kind
        self.start = start
        self.length = length
        self.period = period
    }

    /// How often it has begun by `time`. O(1).
    func beginnings(by time: Instant) -> UInt64 {
        let began = Instant.start + start
        guard time >= began else { return 0 }
        return period.map { 1 + (time.nanoseconds - began.nanoseconds) / UInt64($0.rawValue) } ?? 1
    }

    /// Whether it is active at `time`: from its beginning up to its end, which is excluded. O(1).
    package func isActive(at time: Instant) -> Bool {
        let began = Instant.start + start
        guard time >= began else { return false }
        let elapsed = time.nanoseconds - began.nanoseconds
        guard let period else { return elapsed < UInt64(length.rawValue) }
        return elapsed % UInt64(period.rawValue) < UInt64(length.rawValue)
    }
}

extension DownstreamFault {
    /// Reads `KIND@START[+LENGTH][/PERIOD][:+DELAY]`: `refuse@2s+500ms`, `blackhole@10s+2s/30s`, `slow@2s+1s:+20ms`,
    /// `restart@2s`, `burst@2s:12`. Only restarts and bursts have no length.
    ///
    /// Errors: ``UnitError`` naming the mistake and the allowed forms.
    package init(parsing text: String) throws(UnitError) {
        let shape = "a failure: KIND@START+LENGTH such as refuse@2s+500ms, with /PERIOD to repeat it"
        guard let at = text.firstIndex(of: "@") else { throw UnitError(text: text, expected: shape) }
        let name = text[..<at]
        var times = text[text.index(after: at)...]
        var delay: Nanoseconds?
        var packets: Int?
        if name == "burst", let colon = times.firstIndex(of: ":") {
            packets = Int(times[times.index(after: colon)...])
            times = times[..<colon]
        }
        if let colon = times.firstIndex(of: ":") {
            let word = times[times.index(after: colon)...]
            guard name == "slow", word.hasPrefix("+") else {
                throw UnitError(text: text, expected: "possible: only slow has a delay, as in slow@2s+1s:+20ms")
            }
            delay = try Nanoseconds(parsing: String(word.dropFirst()))
            times = times[..<colon]
        }
        let kind: Kind
        if name == "slow" {
            guard let delay, delay > .zero else {
                throw UnitError(text: text, expected: "complete: slow needs a delay, as in slow@2s+1s:+20ms")
            }
            kind = .slow(delay)
        } else if name == "burst" {
            guard let packets, packets > 0 else {
                throw UnitError(text: text, expected: "complete: burst needs a number of packets, as in burst@2s:12")
            }
            kind = .burst(packets)
        } else if let plain = Kind.plain.first(where: { $0.name == name }) {
            kind = plain
        } else {
            let names = Kind.plain.map(\.name).joined(separator: ", ")
            throw UnitError(text: String(name), expected: "a kind of failure: \(names), slow or burst")
        }
        var period: Nanoseconds?
        if let slash = times.firstIndex(of: "/") {
            period = try Nanoseconds(parsing: String(times[times.index(after: slash)...]))
            times = times[..<slash]
        }
        let parts = times.split(separator: "+", omittingEmptySubsequences: false)
        switch kind.length {
        case .required: guard parts.count == 2 else { throw UnitError(text: text, expected: shape) }
        case .optional:
            guard parts.count <= 2 else {
                throw UnitError(text: text, expected: "a restart: restart@START or restart@START+DOWN, with /PERIOD to repeat it")
            }
        case .none:
            guard parts.count == 1 else {
                throw UnitError(text: text, expected: "at an instant: \(name)@START, with /PERIOD to repeat it")
            }
        }
        let start = try Nanoseconds(parsing: String(parts[0]))
        let length = parts.count == 2 ? try Nanoseconds(parsing: String(parts[1])) : .zero
        guard length > .zero || parts.count == 1, period.map({ $0 > length }) ?? true else {
            throw UnitError(text: text, expected: "possible: it lasts for some time, and ends before it begins again")
        }
        guard period.map({ $0 >= Self.shortestPeriod }) ?? true else {
            throw UnitError(text: text, expected: "possible: it is repeated every \(Self.shortestPeriod) or less often")
        }
        self.init(kind, start: start, length: length, period: period)
    }
}

extension DownstreamFault: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads.
    package var description: String {
        let again = period.map { "/\($0)" } ?? ""
        let more =
            switch kind {
            case .slow(let delay): ":+\(delay)"
            case .burst(let packets): ":\(packets)"
            case .refuse, .unreachable, .blackhole, .stall, .buffers, .restart, .clientRestart: ""
            }
        let lasting = length == .zero ? "" : "+\(length)"
        return "\(kind.name)@\(start)\(lasting)\(again)\(more)"
    }
}
