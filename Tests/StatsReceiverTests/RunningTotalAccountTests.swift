import StatsModel
import StatsReceiver
import StatsWire
import TestSupport
import Testing

/// A sender with correct running totals of its counters and gauges.
struct RunningTotalSender {
    struct Total {
        var count: UInt64 = 0
        var value = 0.0
        var latest: UInt64 = 0
    }

    struct Packet {
        let bytes: [UInt8]
        let isData: Bool
        let sequence: UInt64
    }

    let session: UInt64
    private(set) var sequence: UInt64 = 0
    private(set) var totals: [String: Total] = [:]
    /// Events of each metric by packet, and packets in order.
    private(set) var contents: [UInt64: [String: UInt64]] = [:]

    init(session: UInt64) { self.session = session }

    static func isGauge(_ name: String) -> Bool { name.hasPrefix("g") }

    mutating func data(_ events: [(name: String, value: Double, rate: Double)]) -> Packet {
        sequence += 1
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: sequence)
        for event in events {
            let name = Array(event.name.utf8)
            let isGauge = Self.isGauge(event.name)
            let slot = StatEvent(metric: MetricID(0), value: event.value, timestamp: Int64(sequence), rate: event.rate)
            _ = builder.append(
                slot,
                key: MetricCatalog.Key(isGauge ? .gauge : .counter, name: ByteRange(0..<name.count), tags: .empty, extra: .empty),
                keys: name.span, text: .empty, texts: Span())
            var sum = totals[event.name] ?? Total()
            sum.count += 1
            sum.value = isGauge ? event.value : sum.value + event.value / event.rate
            sum.latest = sequence
            totals[event.name] = sum
            contents[sequence, default: [:]][event.name, default: 0] += 1
        }
        _ = builder.seal(session: session, sequence: sequence)
        return Packet(bytes: Self.bytes(builder), isData: true, sequence: sequence)
    }

    /// A report with the running totals of all metrics. `change` may falsify them.
    func runningTotals(_ kind: PacketKind = .heartbeat, _ change: (String, inout Total) -> Void = { _, _ in }) -> Packet {
        var builder = PacketBuilder(maximumSize: 65_507, codec: .none)
        builder.beginRunningTotals(timestamp: sequence)
        for (name, total) in totals.sorted(by: { $0.key < $1.key }) {
            var total = total
            change(name, &total)
            let bytes = Array(name.utf8)
            _ = builder.append(
                RunningTotal(
                    type: Self.isGauge(name) ? .gauge : .counter, name: ByteRange(0..<bytes.count), value: total.value,
                    count: total.count, latest: total.latest), keys: bytes.span, sequence: sequence)
        }
        let report = TotalsReport(packets: sequence, sent: TypeCounts(), dropped: TypeCounts())
        _ = builder.sealRunningTotals(report, kind: kind, session: session, sequence: sequence, timestamp: sequence)
        return Packet(bytes: Self.bytes(builder), isData: false, sequence: sequence)
    }

    private static func bytes(_ builder: borrowing PacketBuilder) -> [UInt8] {
        builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
    }
}

/// A receiver and what it accepted, by metric.
struct RunningTotalReceiver: ~Copyable {
    var receiver: StatsReceiver
    /// Numbers that this epoch accepted, and those that earlier ones did.
    private(set) var accepted: Set<UInt64> = []
    private(set) var acceptedBefore: Set<UInt64> = []

    init(fromStart: Bool = true, metrics: Int = 100) {
        var configuration = ReceiverConfiguration()
        configuration.listensFromStart = fromStart
        configuration.maximumRunningTotals = metrics
        receiver = StatsReceiver(configuration: configuration)
    }

    mutating func receive(_ packet: RunningTotalSender.Packet, at now: Instant) {
        guard case .accepted(let header, _) = receiver.receive(packet.bytes.span, from: SourceID(1), at: now) else { return }
        accepted.insert(header.sequence)
    }

    mutating func restart(at now: Instant) {
        receiver.restart(at: now)
        acceptedBefore.formUnion(accepted)
        accepted = []
    }

    var recoveredByTotals: [String: RecoveredMetric] {
        var result: [String: RecoveredMetric] = [:]
        for metric in receiver.recoveredByTotals { result[metric.label] = metric }
        return result
    }

    var counts: RunningTotalAccountCounts { receiver.sessions.last?.runningTotals ?? RunningTotalAccountCounts() }

    /// Events of a metric in packets that this epoch accepted, and in packets that no epoch accepted.
    func delivered(_ name: String, of sender: RunningTotalSender) -> UInt64 {
        sender.contents.reduce(0) { accepted.contains($1.key) ? $0 + ($1.value[name] ?? 0) : $0 }
    }

    func missing(_ name: String, of sender: RunningTotalSender) -> UInt64 {
        sender.contents.reduce(0) {
            accepted.contains($1.key) || acceptedBefore.contains($1.key) ? $0 : $0 + ($1.value[name] ?? 0)
        }
    }
}

@Suite("recovery by running totals") struct RunningTotalAccountTests {
    private static func one(_ sender: inout RunningTotalSender, _ name: String = "c", _ value: Double = 1) -> RunningTotalSender.Packet {
        sender.data([(name, value, 1)])
    }

    @Test("one later running total recovers the events and values lost before it")
    func oneRunningTotal() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        receiver.receive(sender.data([("c", 2, 1), ("d", 1, 1)]), at: .start)
        _ = sender.data([("c", 3, 0.5), ("c", 4, 1)])
        receiver.receive(sender.data([("d", 5, 1)]), at: .start)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == 2 && receiver.recoveredByTotals["c"]?.value == 10)
        #expect(receiver.recoveredByTotals["d"] == nil)
        #expect(receiver.recoveredByTotals["c"]?.isSettled == false, "packet 2 may still come")
        receiver.receiver.finish(at: .start + .seconds(9))
        #expect(receiver.recoveredByTotals["c"]?.isSettled == true)
        #expect(receiver.receiver.sessions[0].recoveredByTotals[.counter] == 2)
    }

    @Test("a packet that comes after all takes its part back, whether or not it was given up, and twice counts once")
    func comesLate() {
        for wait in [Nanoseconds.zero, .seconds(5)] {
            var sender = RunningTotalSender(session: 1)
            var receiver = RunningTotalReceiver()
            let missing = Self.one(&sender)
            let other = Self.one(&sender, "c", 7)
            receiver.receive(Self.one(&sender), at: .start)
            receiver.receive(sender.runningTotals(), at: .start)
            #expect(receiver.recoveredByTotals["c"]?.count == 2 && receiver.recoveredByTotals["c"]?.value == 8)
            let later = Instant.start + wait
            receiver.receive(missing, at: later)
            receiver.receive(missing, at: later)
            #expect(receiver.recoveredByTotals["c"]?.count == 1 && receiver.recoveredByTotals["c"]?.value == 7)
            receiver.receive(other, at: later)
            #expect(receiver.recoveredByTotals["c"] == nil, "delivered and recovered together are the running total")
            receiver.receive(sender.runningTotals(), at: later)
            #expect(receiver.recoveredByTotals["c"] == nil)
        }
    }

    @Test("an older running total and a repeated one change nothing; after one that a packet overtook the next one counts")
    func order() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        _ = Self.one(&sender)
        let early = sender.runningTotals()
        let second = Self.one(&sender)
        receiver.receive(second, at: .start)
        receiver.receive(early, at: .start)
        #expect(receiver.recoveredByTotals["c"] == nil && receiver.counts.overtaken == 1)
        let late = sender.runningTotals()
        receiver.receive(late, at: .start)
        receiver.receive(late, at: .start)
        receiver.receive(early, at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == 1 && receiver.counts.stale == 2)
        receiver.receive(Self.one(&sender), at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == 1, "events after the running total are not part of it")
    }

    @Test("a level is recovered once for each packet that was lost with the newest, and taken back when it comes")
    func levels() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        receiver.receive(Self.one(&sender, "g", 1), at: .start)
        let lost = Self.one(&sender, "g", 2)
        receiver.receive(sender.runningTotals(), at: .start)
        receiver.receive(sender.runningTotals(.closing), at: .start)
        #expect(receiver.recoveredByTotals["g"]?.count == 1 && receiver.recoveredByTotals["g"]?.level == 2)
        _ = Self.one(&sender, "g", 3)
        let newest = Self.one(&sender, "g", 4)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(receiver.recoveredByTotals["g"]?.count == 2 && receiver.recoveredByTotals["g"]?.level == 4, "3 stays lost")
        receiver.receive(lost, at: .start)
        #expect(receiver.recoveredByTotals["g"]?.count == 1 && receiver.recoveredByTotals["g"]?.level == 4)
        receiver.receive(newest, at: .start)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect((receiver.recoveredByTotals["g"]?.count ?? 0) == 0)
        receiver.receive(Self.one(&sender, "g", 5), at: .start)
        #expect(receiver.recoveredByTotals["g"]?.level == nil, "what arrived is the newer level")
    }

    @Test("false running totals change nothing: too few events, too many although nothing is missing, contradicting packets")
    func lies() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        for _ in 0..<3 { receiver.receive(Self.one(&sender), at: .start) }
        receiver.receive(sender.runningTotals { $1.count = 2 }, at: .start)
        receiver.receive(sender.runningTotals { $1.count = RunningTotal.largestCount }, at: .start)
        receiver.receive(sender.runningTotals { $1.latest = 2 }, at: .start)
        #expect(receiver.recoveredByTotals.isEmpty && receiver.counts.contradicted == 3)
        _ = Self.one(&sender)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == 1)
        _ = Self.one(&sender)
        receiver.receive(sender.runningTotals { $1.count = 1 }, at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == 1 && receiver.counts.contradicted == 4)
        // A sum that is no number takes no event away, and one that is too large does not wrap.
        receiver.receive(sender.runningTotals { (_, total: inout RunningTotalSender.Total) in
            total.value = .nan
            total.count = RunningTotal.largestCount
        }, at: .start)
        #expect(receiver.recoveredByTotals["c"]?.count == RunningTotal.largestCount - 3)
        for _ in 0..<3 { receiver.receive(Self.one(&sender), at: .start) }
        #expect(receiver.recoveredByTotals["c"]?.count == RunningTotal.largestCount - 3)
    }

    @Test("a running total with an incredible sequence number is ignored")
    func incredible() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        receiver.receive(Self.one(&sender), at: .start)
        var far = RunningTotalSender(session: 1)
        for _ in 0..<3 { _ = Self.one(&far) }
        let report = TotalsReport(packets: 1, sent: TypeCounts(), dropped: TypeCounts())
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        builder.beginRunningTotals(timestamp: 1)
        let name = Array("c".utf8)
        let total = RunningTotal(type: .counter, name: ByteRange(0..<1), value: 9, count: 9, latest: 1)
        let isIn = builder.append(total, keys: name.span, sequence: 1 << 40)
        #expect(isIn)
        _ = builder.sealRunningTotals(report, kind: .heartbeat, session: 1, sequence: 1 << 40, timestamp: 1)
        let bytes = builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
        _ = receiver.receiver.receive(bytes.span, from: SourceID(1), at: .start)
        #expect(receiver.recoveredByTotals.isEmpty && receiver.counts.received == 0)
    }

    @Test("a receiver that restarted claims nothing of what was sent before its base, and everything lost behind it")
    func restart() {
        var sender = RunningTotalSender(session: 1)
        var receiver = RunningTotalReceiver()
        receiver.receive(Self.one(&sender), at: .start)
        _ = Self.one(&sender)
        receiver.restart(at: .start)
        receiver.receive(Self.one(&sender), at: .start)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(receiver.recoveredByTotals.isEmpty, "a running total that may have been sent in an earlier epoch is no base")
        let later = Instant.start + .seconds(3)
        receiver.receive(sender.runningTotals(), at: later)
        #expect((receiver.recoveredByTotals["c"]?.count ?? 0) == 0)
        _ = Self.one(&sender, "c", 5)
        receiver.receive(sender.runningTotals(), at: later)
        #expect(receiver.recoveredByTotals["c"]?.count == 1 && receiver.recoveredByTotals["c"]?.value == 5)
    }

    @Test("what finds no room is not recovered, then or later, and a session's rows are free again when it closes")
    func bounded() {
        var receiver = RunningTotalReceiver(metrics: 2)
        var sender = RunningTotalSender(session: 1)
        _ = sender.data([("a", 1, 1), ("b", 1, 1), ("c", 1, 1)])
        receiver.receive(sender.data([("c", 1, 1), ("b", 1, 1), ("a", 1, 1)]), at: .start)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(Set(receiver.recoveredByTotals.keys) == ["b", "c"] && receiver.counts.unplaced == 1)
        receiver.receive(sender.data([("a", 1, 1)]), at: .start)
        receiver.receive(sender.runningTotals(), at: .start)
        #expect(receiver.recoveredByTotals["a"] == nil)
        var next = RunningTotalSender(session: 2)
        receiver.receive(next.data([("x", 1, 1)]), at: .start)
        let later = Instant.start + .seconds(30)
        receiver.receiver.handleTimeout(at: later)
        var third = RunningTotalSender(session: 3)
        _ = third.data([("x", 1, 1)])
        receiver.receive(third.data([("y", 1, 1)]), at: later)
        receiver.receive(third.runningTotals(), at: later)
        #expect(receiver.recoveredByTotals["b"]?.count == 1, "a closed session's part stays")
        #expect(receiver.receiver.recoveredBeside[.counter] + (receiver.recoveredByTotals["x"]?.count ?? 0) == 1)
    }

    @Test(
        "over any loss, order, copies and restarts: never more than was lost, and all of it once a closing packet came",
        arguments: 1...60 as ClosedRange<UInt64>)
    func property(seed: UInt64) {
        var random = Draws(seed: seed)
        var sender = RunningTotalSender(session: seed)
        var receiver = RunningTotalReceiver()
        let loss: UInt64 = random.below(60)
        let restarts = seed % 3 == 0
        var flight: [(due: UInt64, packet: RunningTotalSender.Packet)] = []
        var now: UInt64 = 0
        for step in 0..<400 as Range<UInt64> {
            now = step * 50
            let isData = random.chance(percent: 70)
            let packet: RunningTotalSender.Packet
            if isData || sender.sequence == 0 {
                let events = (0..<1 + random.below(4)).map { _ in
                    (random.chance(percent: 30) ? "g\(random.below(3))" : "c\(random.below(4))", Double(random.below(9)), random.chance(percent: 20) ? 0.5 : 1)
                }
                packet = sender.data(events)
            } else {
                packet = sender.runningTotals()
            }
            // Up to a second late: less than the receiver waits.
            if !random.chance(percent: loss) { flight.append((now + random.below(1000), packet)) }
            if random.chance(percent: 10) { flight.append((now + random.below(1000), packet)) }
            // Some come long after they were given up.
            if !restarts, random.chance(percent: 5) { flight.append((now + 2500 + random.below(3000), packet)) }
            deliver(&flight, to: &receiver, upTo: now)
            check(sender, receiver, seed)
            if restarts, random.below(400) < 2 {
                receiver.restart(at: .milliseconds(now))
            }
        }
        deliver(&flight, to: &receiver, upTo: now + 10_000)
        receiver.receive(sender.runningTotals(.closing), at: .milliseconds(now + 10_000))
        receiver.receiver.finish(at: .milliseconds(now + 20_000))
        check(sender, receiver, seed)
        guard receiver.acceptedBefore.isEmpty else { return }
        let recoveredByTotals = receiver.recoveredByTotals
        for (name, total) in sender.totals where !RunningTotalSender.isGauge(name) {
            let recovered = recoveredByTotals[name]
            let delivered = receiver.delivered(name, of: sender)
            #expect(delivered + (recovered?.count ?? 0) == total.count, "seed \(seed), \(name)")
            #expect(recovered?.isSettled ?? true, "seed \(seed), \(name)")
        }
        for (name, total) in sender.totals where RunningTotalSender.isGauge(name) {
            #expect(recoveredByTotals[name]?.level == total.value, "seed \(seed), \(name): the closing packet says the level")
        }
    }

    private func deliver(
        _ flight: inout [(due: UInt64, packet: RunningTotalSender.Packet)], to receiver: inout RunningTotalReceiver, upTo now: UInt64
    ) {
        let due = flight.filter { $0.due <= now }.sorted { $0.due < $1.due }
        flight.removeAll { $0.due <= now }
        for entry in due { receiver.receive(entry.packet, at: .milliseconds(entry.due)) }
    }

    private func check(_ sender: RunningTotalSender, _ receiver: borrowing RunningTotalReceiver, _ seed: UInt64) {
        for (name, metric) in receiver.recoveredByTotals {
            // Packets that no epoch accepted.
            let missing = receiver.missing(name, of: sender)
            #expect(metric.count <= missing, "seed \(seed), \(name): \(metric.count) recovered, \(missing) missing")
        }
    }
}

extension Instant {
    fileprivate static func milliseconds(_ count: UInt64) -> Instant { Instant(nanoseconds: count * 1_000_000) }
}
