package import StatsReceiver

/// Who sends to a receiver at a socket: each address (host and port) is a source of its own, so that one client's new session
/// replaces none of another's. Also where each session is answered.
///
/// A session stays with the source it was first heard of, wherever its packets come from: a client that makes a new socket
/// has a new port, and its numbers go on. The session's number, 64 random bits, tells that it is the same; whoever does not
/// see the packets cannot guess it. A sender without an address is a source for each session.
///
/// **Bounded**: of more sessions or addresses than `limit` the least recently heard is forgotten, in the order in which
/// ``StatsReceiver`` closes sessions, so that what is forgotten here is closed there. The tables hash with the process's random
/// seed, since strangers choose what stands in them. O(1); O(limit) for a new session or address once a table is full.
package struct LiveSources<Address: Hashable & Sendable>: Sendable {
    private struct Session {
        let source: SourceID
        var address: Address?
        var tick: UInt64
    }

    private let limit: Int
    private var sessions: [UInt64: Session] = [:]
    private var addresses: [Address: (source: SourceID, tick: UInt64)] = [:]
    private var latest: (session: UInt64, address: Address?, source: SourceID)?
    private var ticks: UInt64 = 0
    private var lastSource: UInt64 = 0

    package init(limit: Int) {
        precondition(limit >= 1, "one session at least is kept apart")
        self.limit = limit
    }

    /// Whose a packet of this session is that came from there, as far as it is known now. Nothing is remembered of it: the
    /// packet may be forged, or damaged.
    package func source(of session: UInt64, from address: Address?) -> SourceID {
        if let latest, latest.session == session { return latest.source }
        if let known = sessions[session] { return known.source }
        if let address, let known = addresses[address] { return known.source }
        return SourceID(lastSource + 1)
    }

    /// The receiver took a packet of this session, which came from there, for one of `source`, as
    /// ``source(of:from:)`` said.
    package mutating func record(_ session: UInt64, from address: Address?, as source: SourceID) {
        if let latest, latest.session == session, latest.address == address { return }
        latest = (session, address, source)
        lastSource = max(lastSource, source.rawValue)
        ticks += 1
        if sessions[session] == nil, sessions.count == limit { forgetSession() }
        sessions[session] = Session(source: source, address: address, tick: ticks)
        guard let address else { return }
        if let known = addresses[address] {
            addresses[address] = (known.source, ticks)
        } else {
            if addresses.count == limit { forgetAddress() }
            addresses[address] = (source, ticks)
        }
    }

    /// Where the session's last packet came from; nil where it is not known, or cannot be answered.
    package func address(of session: UInt64) -> Address? { sessions[session]?.address }

    /// Sessions and addresses that are remembered.
    package var counts: (sessions: Int, addresses: Int) { (sessions.count, addresses.count) }

    // Ticks are all different, so the order of a dictionary decides nothing.
    private mutating func forgetSession() {
        if let oldest = sessions.min(by: { $0.value.tick < $1.value.tick }) { sessions[oldest.key] = nil }
    }

    private mutating func forgetAddress() {
        if let oldest = addresses.min(by: { $0.value.tick < $1.value.tick }) { addresses[oldest.key] = nil }
    }
}
