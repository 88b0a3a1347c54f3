package import StatsWire

/// Recovers missing data packets from parity packets and the rest of their groups.
///
/// A machine without input, output or clock. Pass every intact data packet, duplicates and late packets included, to
/// ``handleData(_:header:from:)``, and every parity packet to ``handleParity(_:header:from:)``. After each call,
/// ``pollRecovered()`` gives the packets that could be recovered, as soon as any `k` of a group's `k + r` packets have arrived. A
/// recovered datagram is accepted only if its own checksum is good and its kind, session and number match the missing packet.
///
/// **Bounded.** Each session keeps at most `packetsPerSession + paritiesPerSession` datagrams, and there are at most
/// `maximumSessions` of them. Each parity packet costs at most one
/// attempt to recover its group, whatever it contains. It is removed afterwards, successful or not.
///
/// Sessions are identified by (source, session). A client that sends copies to two addresses of one receiver is therefore two
/// sessions.
package struct ParityDecoder: ~Copyable {
    package let configuration: ParityDecoderConfiguration
    package private(set) var counts = ParityCounts()
    private var sessions: [ParitySession] = []
    private var index: [ParitySession.Key: Int] = [:]
    private var lastFound: (key: ParitySession.Key, position: Int)?
    private var ticks: UInt64 = 0
    private var recovery: ParityRecovery
    /// Numbers that just arrived or were just recovered, whose groups must be examined.
    private var fresh: [UInt64] = []
    private var missing: [UInt64] = []
    /// A ring of recovered packets that were not polled yet.
    private var unpolled: [(position: Int, key: ParitySession.Key, sequence: UInt64)]
    private var unpolledHead = 0
    private var unpolledCount = 0
    /// The packet that was polled last.
    private var polled: (position: Int, sequence: UInt64)?

    /// Traps if a bound of the configuration makes no sense.
    package init(configuration: ParityDecoderConfiguration = ParityDecoderConfiguration()) {
        configuration.check()
        self.configuration = configuration
        recovery = ParityRecovery(maximumSize: configuration.maximumPacketSize)
        missing.reserveCapacity(ParityCode.maximumParities)
        fresh.reserveCapacity(1 + ParityCode.maximumParities * configuration.paritiesPerSession)
        let nothing = (position: 0, key: ParitySession.Key(source: SourceID(0), session: 0), sequence: 0 as UInt64)
        unpolled = Array(repeating: nothing, count: configuration.maximumUnpolled)
    }

    /// Takes an intact data packet, received or recovered. Traps if the header is of another kind.
    ///
    /// O(bytes), plus O(waiting parities) if there are any. Allocates only at a session's first packet.
    package mutating func handleData(_ bytes: Span<UInt8>, header: PacketHeader, from source: SourceID) {
        precondition(header.kind == .data, "a data packet is one by its kind")
        polled = nil
        guard header.sequence >= 1 else { return }
        guard bytes.count <= configuration.maximumPacketSize else {
            counts.oversizeData += 1
            return
        }
        let position = position(of: ParitySession.Key(source: source, session: header.session))
        sessions[position].store(bytes, sequence: header.sequence)
        guard !sessions[position].parities.isEmpty else { return }
        fresh.append(header.sequence)
        settle(position)
    }

    /// Takes an intact parity packet. Traps if the header is of another kind.
    ///
    /// O(bytes) if no packet is missing, or too many. If m packets are recovered, O(k · m · bytes).
    package mutating func handleParity(_ bytes: Span<UInt8>, header: PacketHeader, from source: SourceID) {
        precondition(header.kind == .parity, "a parity packet is one by its kind")
        polled = nil
        counts.received += 1
        guard bytes.count <= configuration.maximumPacketSize else {
            counts.oversize += 1
            return
        }
        let packet: ParityPacket
        do throws(ParityFault) {
            packet = try ParityPacket(decoding: bytes, header: header)
        } catch {
            counts.malformed += 1
            return
        }
        let position = position(of: ParitySession.Key(source: source, session: header.session))
        let coded = bytes.extracting(ParityPacket.codedRange(of: bytes))
        let removed = sessions[position].parities.insert(packet, coded: coded)
        counts.waiting += 1
        counts.replaced += UInt64(removed.replaced)
        counts.expired += UInt64(removed.expired)
        counts.waiting -= UInt64(removed.replaced + removed.expired)
        if attempt(packet.group, at: position) { settle(position) }
    }

    /// The next recovered packet, whose bytes ``withRecovered(_:)`` gives until the next call. nil if there is none. Packets of
    /// one group come in the order of their numbers.
    package mutating func pollRecovered() -> RecoveredPacket? {
        polled = nil
        while unpolledCount > 0 {
            let next = unpolled[unpolledHead]
            unpolledHead = (unpolledHead + 1) % unpolled.count
            unpolledCount -= 1
            guard sessions[next.position].key == next.key,
                let header = Self.header(of: next.sequence, in: sessions[next.position])
            else {
                counts.unpolled += 1
                continue
            }
            polled = (next.position, next.sequence)
            return RecoveredPacket(source: next.key.source, header: header)
        }
        return nil
    }

    /// The datagram of the packet that was polled last. Traps if there is none.
    package borrowing func withRecovered<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let polled else { preconditionFailure("no packet was polled last") }
        return try sessions[polled.position].withPacket(polled.sequence, body)
    }

    /// The index of the session, which is opened if necessary.
    private mutating func position(of key: ParitySession.Key) -> Int {
        let position: Int
        if let lastFound, lastFound.key == key {
            position = lastFound.position
        } else if let found = index[key] {
            position = found
        } else {
            position = open(key)
        }
        lastFound = (key, position)
        ticks += 1
        sessions[position].tick = ticks
        return position
    }

    private mutating func open(_ key: ParitySession.Key) -> Int {
        if sessions.count < configuration.maximumSessions {
            index[key] = sessions.count
            sessions.append(ParitySession(key, configuration: configuration))
            return sessions.count - 1
        }
        var oldest = 0
        for position in sessions.indices where sessions[position].tick < sessions[oldest].tick { oldest = position }
        index[sessions[oldest].key] = nil
        index[key] = oldest
        let gone = sessions[oldest].restart(as: key)
        counts.expired += UInt64(gone)
        counts.waiting -= UInt64(gone)
        return oldest
    }

    /// Examines every waiting group with a new number, and then the groups of the packets that this recovers.
    private mutating func settle(_ position: Int) {
        while let sequence = fresh.popLast() {
            var entry = 0
            while entry < sessions[position].parities.entries.count {
                let group = sessions[position].parities.entries[entry].group
                // An attempt that ends a group moves the other groups.
                if group.contains(sequence), attempt(group, at: position) { entry = 0 } else { entry += 1 }
            }
        }
    }

    /// Ends a group that is complete or can be recovered. False if it has to wait.
    private mutating func attempt(_ group: ParityGroup, at position: Int) -> Bool {
        let parityCount = sessions[position].parities.count(of: group)
        missing.removeAll(keepingCapacity: true)
        for member in 0..<group.memberCount {
            let sequence = group.sequence(of: member)
            if sessions[position].contains(sequence) { continue }
            if sessions[position].hasPassed(sequence) {
                // A later packet took a member's place, so it is unknown whether the member arrived.
                counts.expired += end(group, at: position)
                return true
            }
            if missing.count == parityCount { return false }
            missing.append(sequence)
        }
        if missing.isEmpty {
            counts.unneeded += end(group, at: position)
        } else if recover(group, at: position) == 0 {
            counts.contradicted += end(group, at: position)
        } else {
            counts.used += UInt64(missing.count)
            counts.unneeded += end(group, at: position) - UInt64(missing.count)
        }
        return true
    }

    /// Removes the waiting packets of a group. Returns their number.
    private mutating func end(_ group: ParityGroup, at position: Int) -> UInt64 {
        let ended = UInt64(sessions[position].parities.removeAll(of: group))
        counts.waiting -= ended
        return ended
    }

    /// Recovers the missing members of a group with enough parities. Returns the number of valid packets.
    private mutating func recover(_ group: ParityGroup, at position: Int) -> Int {
        recovery.begin()
        let longest = sessions[position].parities.give(missing.count, of: group, to: &recovery)
        for member in 0..<group.memberCount {
            let sequence = group.sequence(of: member)
            guard sessions[position].contains(sequence) else { continue }
            // A member is longer than its parity allows, so one of the two packets is wrong.
            guard sessions[position].count(of: sequence) <= longest else { return 0 }
            sessions[position].give(sequence, to: &recovery)
        }
        let sequences = missing
        guard recovery.solve(missing: sequences.span) else { return 0 }
        var believed = 0
        for place in missing.indices {
            guard Self.keep(missing[place], recovery, place, in: &sessions[position]) else { continue }
            believed += 1
            fresh.append(missing[place])
            announce(missing[place], at: position)
        }
        counts.recovered += UInt64(believed)
        return believed
    }

    /// Keeps a recovered packet if its checksum is good, and its kind, session and number are the expected ones.
    private static func keep(
        _ sequence: UInt64, _ recovery: borrowing ParityRecovery, _ place: Int, in session: inout ParitySession
    ) -> Bool {
        let kept = recovery.withRecovered(place) { bytes in
            guard let header = try? PacketHeader(decoding: bytes), header.kind == .data,
                header.session == session.key.session, header.sequence == sequence
            else { return false }
            session.store(bytes, sequence: sequence)
            return true
        }
        return kept ?? false
    }

    private mutating func announce(_ sequence: UInt64, at position: Int) {
        if unpolledCount == unpolled.count {
            unpolledHead = (unpolledHead + 1) % unpolled.count
            unpolledCount -= 1
            counts.unpolled += 1
        }
        unpolled[(unpolledHead + unpolledCount) % unpolled.count] = (position, sessions[position].key, sequence)
        unpolledCount += 1
    }

    private static func header(of sequence: UInt64, in session: ParitySession) -> PacketHeader? {
        guard session.contains(sequence) else { return nil }
        return session.withPacket(sequence) { PacketHeader(unverified: $0) }
    }
}
