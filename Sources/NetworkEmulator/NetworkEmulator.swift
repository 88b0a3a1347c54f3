package import StatsModel

/// A network as a machine: datagrams enter at one time and leave at a later time, or never.
///
/// Rules apply in this order: failing downstream, MTU where it refuses, chosen drops, bottleneck, loss, duplicate; then for
/// each copy corrupt, delay with jitter, reorder. Copies arrive by (time, insertion). Each decision is a separate draw, keyed
/// by its subject (``FaultDraws``), so an additional packet does not change the fate of others. Two things depend on other
/// packets by nature: the queue, and which packets overtake a packet that is held back. The bottleneck comes before the loss.
/// So with a queue too, the packets lost completely at 3 % are among those lost at 5 %.
///
/// A reordered copy is held back until ``Impairments/reorderGap`` later packets have passed it. Packets that arrive and are not
/// held back themselves count. The copy then arrives right after the last of them. If fewer packets follow, it arrives
/// ``Impairments/reorderHold`` after the longest delay. So reordering works with and without a delay, at any rate. (In tc-netem
/// a reordered packet overtakes delayed packets, which has no effect without a delay.)
///
/// Memory: one buffer for each copy of the largest number in flight so far, at most ``Impairments/maximumInFlight``. Nothing is
/// allocated unless that number grows.
package struct NetworkEmulator: ~Copyable {
    /// The faults of this network.
    package let impairments: Impairments
    private var draws: FaultDraws
    private let longestDelay: Nanoseconds
    private let firstRule: (mtu: Int, drop: Int, bandwidth: Int, loss: Int, corrupt: Int)
    private let copyRule: (duplicate: Int, delay: Int, reorder: Int)
    /// How many packets each rule affected so far.
    package private(set) var effects: FaultEffects
    private var bottleneck: BottleneckQueue?
    private var downstream: DownstreamSchedule?
    private var identities = IdentityReader()
    private var flying = FlightQueue()
    private var held = HoldQueue()
    private var pool = CopyPool()
    /// Packets sent that arrive and were not held back.
    private var passed: UInt64 = 0
    private var now = Instant.start
    /// The slot of the copy last polled.
    private var delivered: Int?

    /// Traps for impossible impairments (a negative time, ranges out of order).
    package init(impairments: Impairments, seed: UInt64) {
        precondition(impairments.delay.rawValue >= 0 && impairments.jitter.rawValue >= 0, "a delay is not negative")
        precondition(
            impairments.delay.rawValue < 1 << 60 && impairments.jitter.rawValue < 1 << 60, "a delay is below 36 years")
        precondition(impairments.gap >= 1, "the gap between reordered packets is one at least")
        precondition((impairments.lossBurstMaximum ?? 1) >= 1, "a burst of one loss at least is allowed")
        precondition(
            MaximumTransmissionUnit.allowed.contains(impairments.mtu?.bytes ?? 1500), "an MTU is from 68 to 65535")
        precondition(impairments.reorderHold.rawValue >= 0, "a hold is not negative")
        precondition(impairments.reorderGap >= 1, "a reordered packet is overtaken by one at least")
        precondition(impairments.maximumInFlight >= 1, "one copy at least can be in flight")
        for chosen in [impairments.drop, impairments.only ?? []] {
            for (a, b) in zip(chosen, chosen.dropFirst()) {
                precondition(a.upperBound < b.lowerBound, "chosen packets are sorted and disjoint")
            }
        }
        self.impairments = impairments
        draws = FaultDraws(impairments: impairments, seed: seed)
        longestDelay = impairments.longestDelay
        firstRule = impairments.firstOfKind
        copyRule = impairments.firstOfCopies
        effects = FaultEffects(rules: impairments.rules.count)
        downstream = impairments.failures.isEmpty ? nil : DownstreamSchedule(impairments.failures)
        bottleneck = impairments.bottleneck.map { BottleneckQueue($0) }
    }

    /// The sending process restarted.
    package mutating func handleClientRestart() { downstream?.handleClientRestart() }

    /// Copies in flight, those held back included.
    package var inFlight: Int { flying.count + held.count }

    /// Takes one datagram. The header of a packet is read without verification, to key the draws.
    ///
    /// The answer is final: the stated number of copies will arrive, whatever comes later. A datagram that is no packet is
    /// handled too, under a number of its own. O(bytes) and O(log copies in flight).
    ///
    /// - Parameter copy: 0, or the number of a further copy that the sender makes; each copy has its own fate
    package mutating func handle(_ datagram: Span<UInt8>, copy: Int = 0, at time: Instant) -> Fate {
        now = max(now, time)
        releaseOverdue()
        var packet = identities.identify(datagram)
        if copy > 0 { packet.attempt = UInt64(copy) }
        let fragments = impairments.mtu?.fragments(ofDatagram: datagram.count) ?? 1
        let verdict = draws.judge(packet, fragments: fragments)
        var departure = now
        switch downstream?.handleSend(at: now) {
        case .failed(let fault)?: return refuse(fault)
        case .lost(let fault)?: return drop(.networkLoss, fault)
        case .taken(let delay)?:
            departure = now + delay
            if delay > .zero { noteSlowness() }
        case nil: break
        }
        if fragments > 1, impairments.mtu?.isRefused == true { return refuse(firstRule.mtu) }
        if draws.isChosen(packet) { return drop(.chosenLoss, firstRule.drop) }
        if bottleneck != nil {
            let bytes = datagram.count + MaximumTransmissionUnit.udpHeader + fragments * MaximumTransmissionUnit.ipHeader
            guard let left = bottleneck?.admit(bytes, at: now) else {
                return drop(.networkQueueFull, firstRule.bandwidth)
            }
            // A slow receiver adds its delay after the link.
            departure = left + (departure - now)
        }
        if let loss = verdict.loss { return drop(.networkLoss, firstRule.loss + loss) }
        if verdict.isLetThrough { effects.letThrough += 1 }
        if verdict.isSpared { effects.spared += 1 }
        let places = impairments.maximumInFlight - inFlight
        if places < 1 {
            effects.overflowed += 1
            return drop(.networkQueueFull, nil)
        }
        if fragments > 1 { effects.fragmented += 1 }
        let duplication = places > 1 ? draws.duplication(packet) : nil
        if let duplication { effects.record(copyRule.duplicate + duplication) }
        return send(datagram, packet, copies: duplication == nil ? 1 : 2, leaving: departure, verdict)
    }

    private mutating func noteSlowness() {
        for (index, fault) in impairments.failures.enumerated() {
            if case .slow = fault.kind, fault.isActive(at: now) { effects.record(index) }
        }
    }

    /// The send failed: nothing of the packet is in flight, and its sender knows.
    private mutating func refuse(_ rule: Int) -> Fate {
        var fate = drop(.sendFailed, rule)
        fate.isSendFailed = true
        return fate
    }

    private mutating func drop(_ cause: LossCause, _ rule: Int?) -> Fate {
        if let rule { effects.record(rule) }
        return Fate(dropped: cause, intactCopies: 0, corruptedCopies: 0, isDuplicated: false, rule: rule)
    }

    /// Sends one or two copies, each with its own draws.
    private mutating func send(
        _ datagram: Span<UInt8>, _ packet: PacketIdentity, copies: Int, leaving departure: Instant,
        _ verdict: FaultDraws.Verdict
    ) -> Fate {
        var fate = Fate(dropped: nil, intactCopies: 0, corruptedCopies: 0, isDuplicated: copies > 1)
        var passedAt: Instant?
        var back: (first: HoldQueue.Held?, second: HoldQueue.Held?)
        for copy in 0..<copies {
            let damage = datagram.isEmpty ? nil : draws.corruption(packet, copy: copy)
            let slot = pool.store(
                datagram,
                CopyPool.Label(kind: packet.kind, sequence: packet.sequence, copy: copy, isCorrupted: damage != nil))
            if let damage {
                fate.corruptedCopies += 1
                effects.record(firstRule.corrupt + damage)
                if fate.rule == nil { fate.rule = firstRule.corrupt + damage }
                pool.change(slot) { draws.damage(&$0, of: packet, copy: copy, by: damage) }
            } else {
                fate.intactCopies += 1
            }
            let delay = draws.delay(packet, copy: copy)
            if delay > .zero { effects.record(copyRule.delay) }
            if delay != impairments.delay { effects.jittered += 1 }
            let due = departure + delay
            if copy == 0 ? verdict.isReordered : draws.isSecondCopyReordered(packet) {
                effects.record(copyRule.reorder)
                let deadline = departure + longestDelay + impairments.reorderHold
                let copy = HoldQueue.Held(slot: slot, due: due, passed: 0, deadline: deadline)
                if back.first == nil { back.first = copy } else { back.second = copy }
            } else {
                flying.push(slot, at: due)
                passedAt = max(passedAt ?? due, due)
            }
        }
        // A packet overtakes the packets held before it, but never its own second copy.
        if let passedAt { letPass(at: passedAt) }
        hold(back.first)
        hold(back.second)
        return fate
    }

    private mutating func hold(_ copy: HoldQueue.Held?) {
        guard let copy else { return }
        held.append(
            HoldQueue.Held(
                slot: copy.slot, due: copy.due, passed: passed + UInt64(impairments.reorderGap),
                deadline: copy.deadline))
    }

    /// A packet that arrives at `time` passed the held copies. Those that were passed often enough are released.
    private mutating func letPass(at time: Instant) {
        passed += 1
        while let first = held.first, first.passed <= passed {
            flying.push(first.slot, at: max(first.due, time))
            held.removeFirst()
        }
    }

    /// Releases the copies whose hold time is over.
    private mutating func releaseOverdue() {
        while let first = held.first, first.deadline <= now {
            flying.push(first.slot, at: first.deadline)
            held.removeFirst()
        }
    }

    /// When the next delivery is due; nil when nothing is in flight.
    ///
    /// The getter and ``withDelivered(_:)`` change nothing. They are `mutating` because a borrowing call would copy the emulator.
    package var nextDeadline: Instant? {
        mutating get {
            let flight = flying.first.map { Instant(nanoseconds: $0.time) }
            guard let deadline = held.first?.deadline else { return flight }
            return flight.map { min($0, deadline) } ?? deadline
        }
    }

    /// The next arrival due at `now`, by (time, insertion). ``withDelivered(_:)`` gives its bytes until the next poll.
    ///
    /// Poll until nil before passing in a later datagram. An overdue copy still reports its own arrival time.
    package mutating func pollDelivery(at time: Instant) -> Delivery? {
        now = max(now, time)
        releaseOverdue()
        if let delivered { pool.release(delivered) }
        delivered = nil
        guard let first = flying.first, first.time <= now.nanoseconds, let entry = flying.popFirst() else { return nil }
        delivered = entry.slot
        let label = pool.label(of: entry.slot)
        return Delivery(
            time: Instant(nanoseconds: entry.time), kind: label.kind, sequence: label.sequence, copy: label.copy,
            isCorrupted: label.isCorrupted, byteCount: pool.byteCount(of: entry.slot))
    }

    /// The bytes of the copy last polled; empty if the last poll gave nothing.
    package mutating func withDelivered<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let delivered else { return try body(Span()) }
        let bytes = pool.bytes(of: delivered)
        return try body(bytes.span)
    }
}
