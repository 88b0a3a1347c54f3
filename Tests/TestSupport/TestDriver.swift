package import StatsBuffers
package import StatsModel
package import StatsPipeline
package import StatsWire

/// A packet as the other side sees it.
package struct ReceivedPacket: Equatable {
    package var header: PacketHeader
    package var byteCount: Int
    package var events: [Offer] = []
    package var report: TotalsReport?
    /// The events' contents by the shared definition.
    package var tally = Tally()

    /// Verifies and decodes a datagram.
    package init(_ bytes: Span<UInt8>) throws {
        header = try PacketHeader(decoding: bytes)
        byteCount = bytes.count
        report = header.kind == .data ? nil : TotalsReport(decoding: bytes, header: header)
        var decoder = EventDecoder()
        decoder.beginPacket(bytes, header: header)
        while true {
            switch decoder.next(bytes) {
            case .event(let event):
                let offer = event.isInScratch ? Offer(event, bytes: decoder.scratch.span) : Offer(event, bytes: bytes)
                tally.add(offer.type, count: offer.count, content: offer.content())
                events.append(offer.arrived())
            case .malformed(let reason, let range):
                throw UnreadableRecord(reason: reason, range: range)
            case .end:
                return
            }
        }
    }
}

package struct UnreadableRecord: Error {
    package let reason: MalformedReason
    package let range: ByteRange
}

/// A pipeline, and what a driver does around it: it offers events, polls, and reads what comes out.
package struct TestDriver: ~Copyable {
    package static let epoch: Int64 = 1_700_000_000_000_000_000
    /// The codecs that every test of whole packets runs with.
    package static let codecs: [PacketCodec] = [.binary, .protocolBuffers, .messagePack, .json]
    package static let session: UInt64 = 0xFEED_F00D

    package var pipeline: ClientPipeline
    /// Everything ever offered.
    package private(set) var offered = Tally()
    package private(set) var packets: [ReceivedPacket] = []
    /// Second copies, and numbers of data packets of which some copy was taken.
    package private(set) var copies: [ReceivedPacket] = []
    package private(set) var taken: Set<UInt64> = []
    package private(set) var transitions: [BreakerTransition] = []
    /// Whether the downstream fails for this packet at this moment.
    package var isFailing: (OutgoingPacket, Instant) -> Bool = { _, _ in false }

    package init(_ change: (inout ClientConfiguration) -> Void = { _ in }) {
        // Nobody answers here: see the tests of what is retransmitted for drivers that do.
        var configuration = ClientConfiguration.bare
        change(&configuration)
        pipeline = ClientPipeline(configuration: configuration, session: Self.session)
    }

    /// Offers an event at `now`, its time of recording being the wall clock of that moment.
    package mutating func record(_ offer: Offer, at now: Instant) -> PushResult {
        let (event, bytes) = offer.decoded
        let timestamp = Self.epoch + Int64(now.nanoseconds)
        offered.add(offer.type, count: offer.count, content: offer.content(recordedAt: timestamp))
        return pipeline.record(event, bytes: bytes.span, timestamp: timestamp, at: now)
    }

    /// One poll; what comes is kept in `packets` as well.
    @discardableResult
    package mutating func poll(at now: Instant) throws -> ReceivedPacket? {
        guard let outgoing = pipeline.pollTransmit(at: now, epoch: Self.epoch) else { return nil }
        let packet = try pipeline.withDatagram { bytes throws in try ReceivedPacket(bytes) }
        guard
            packet.header.kind == outgoing.kind, packet.header.sequence == outgoing.sequence,
            Int(packet.header.eventCount) == outgoing.eventCount, packet.byteCount == outgoing.byteCount,
            packet.events.count == outgoing.eventCount, packet.header.session == Self.session
        else { throw Mismatch(outgoing: outgoing, packet: packet) }
        if outgoing.copy == 0 { packets.append(packet) } else { copies.append(packet) }
        let outcome = isFailing(outgoing, now) ? SendOutcome.failed : .sent
        if outcome == .sent, outgoing.kind == .data { taken.insert(outgoing.sequence) }
        pipeline.handleSendOutcome(outcome, at: now)
        drainTransitions()
        return packet
    }

    package mutating func drainTransitions() {
        while let transition = pipeline.pollBreakerTransition() { transitions.append(transition) }
    }

    /// Closes the client and turns it to its end.
    package mutating func finish(at now: Instant) throws {
        var now = now
        pipeline.close(at: now)
        var turns = 0
        while let deadline = pipeline.nextDeadline {
            now = max(now, deadline)
            try pollAll(at: now)
            turns += 1
            precondition(turns < 100_000, "closing must come to an end")
        }
        drainTransitions()
    }

    /// Polls until nothing is due at `now`; answers how many packets came.
    @discardableResult
    package mutating func pollAll(at now: Instant) throws -> Int {
        var count = 0
        while try poll(at: now) != nil {
            count += 1
            precondition(count < 1_000_000, "polling must come to an end")
        }
        return count
    }

    package var data: [ReceivedPacket] { packets.filter { $0.header.kind == .data } }
    /// What every data packet said, and only those that some copy of was taken, or none.
    package var delivered: Tally { data.reduce(into: Tally()) { $0 += $1.tally } }
    package var received: Tally { data.reduce(into: Tally()) { if taken.contains($1.header.sequence) { $0 += $1.tally } } }
    package var failed: Tally { data.reduce(into: Tally()) { if !taken.contains($1.header.sequence) { $0 += $1.tally } } }
    /// Events that arrived at a receiver.
    package var arrivedEvents: [Offer] { data.filter { taken.contains($0.header.sequence) }.flatMap(\.events) }

    package struct Mismatch: Error {
        package let outgoing: OutgoingPacket
        package let packet: ReceivedPacket
    }
}

extension Instant {
    package static func milliseconds(_ n: UInt64) -> Instant { Instant(nanoseconds: n * 1_000_000) }
    /// The wall clock of tests at this moment.
    package var wall: Int64 { TestDriver.epoch + Int64(nanoseconds) }
}

