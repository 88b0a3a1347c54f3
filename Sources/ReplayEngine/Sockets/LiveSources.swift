package import StatsReceiver

/// The sources of a receiver at a socket. Each address (host and port) is a source of its own, so that a new session of one
/// client never replaces another client's. It also keeps the address to which each session's acknowledgements go.
///
/// A session stays with the source where it first appeared, even if its packets later come from another address: a client with a
/// new socket has a new port, but its numbering continues. The session's number identifies it. It has 64 random bits, so it
/// cannot be guessed without seeing the packets. If the sender's address is unknown, each session is a source.
///
/// **Bounded**: with more than `limit` sessions or addresses, the least recently active one is forgotten. ``StatsReceiver``
/// closes sessions in the same order, so that a session forgotten here is closed there. Strangers choose the keys of these
/// tables, so the tables hash with the process's random seed. O(1), or O(limit) for a new session or address if a table is full.
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

    /// The source of a packet of this session from this address, as far as it is known. Nothing is recorded yet, since the packet
    /// may be forged or damaged.
    package func source(of session: UInt64, from address: Address?) -> SourceID {
        if let latest, latest.session == session { return latest.source }
        if let known = sessions[session] { return known.source }
        if let address, let known = addresses[address] { return known.source }
        return SourceID(lastSource + 1)
    }

    /// Records that the receiver accepted a packet of this session from this address. `source` is the result of
    /// ``source(of:from:)``.
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

    /// The address of the session's last packet. nil if it is unknown, or if the session cannot be answered.
    package func address(of session: UInt64) -> Address? { sessions[session]?.address }

    /// The number of recorded sessions and addresses.
    package var counts: (sessions: Int, addresses: Int) { (sessions.count, addresses.count) }

    // All ticks are different, so the dictionary's order has no effect.
    private mutating func forgetSession() {
        if let oldest = sessions.min(by: { $0.value.tick < $1.value.tick }) { sessions[oldest.key] = nil }
    }

    private mutating func forgetAddress() {
        if let oldest = addresses.min(by: { $0.value.tick < $1.value.tick }) { addresses[oldest.key] = nil }
    }
}
