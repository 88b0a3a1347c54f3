import StatsModel
import StatsReceiver

/// The gap scores of a run's sessions. There is one session, and one more for each restart of the client.
struct GapAccounting {
    private struct Entry {
        let session: UInt64
        var gaps: GapScore
        /// Only present if the receiver restarts. Its score then replaces that of ``gaps``.
        var epochs: ReceiverEpochs?
        /// Numbers of accepted packets, numbers of packets without an intact copy, and numbers that the receiver refused as out
        /// of range before it accepted any copy.
        var accepted = NumberSet()
        var injected = NumberSet()
        var refused = NumberSet()
        /// Gaps that the receiver has reported since its last restart, without those that it took back.
        var reported = SequenceSet()
        /// Gaps that the receiver took back without having reported them. It knew of these gaps but did not report them.
        var unreported = SequenceSet()

        mutating func restartReceiver(next: Instant?) {
            epochs?.restart(next: next, reported: reported)
            reported = SequenceSet()
        }

        mutating func finish() {
            gaps.finish()
            epochs?.finish(reported: reported)
        }
    }

    /// The kind of a packet that the receiver refused as out of range.
    enum Refusal {
        /// No copy of it was accepted or refused before. `isFinal` is true if no later copy can be accepted.
        case first(isFinal: Bool)
        /// A further copy of a packet that was accepted or refused before.
        case again
    }

    private let receiver: ReceiverConfiguration
    private let keepsEpochs: Bool
    private var nextRestart: Instant?
    private var hasRestarted = false
    /// Never empty. The last entry is the current client's.
    private var entries: [Entry] = []
    /// The injected numbers of all sessions, one session after the other.
    private(set) var truth = RangeDigest()

    /// - Parameters:
    ///   - session: the client's first session
    ///   - keepsEpochs: whether the receiver ever restarts
    ///   - nextRestart: the time of the receiver's first restart; nil if it never restarts
    init(session: UInt64, receiver: ReceiverConfiguration, keepsEpochs: Bool, nextRestart: Instant?) {
        self.receiver = receiver
        self.keepsEpochs = keepsEpochs
        self.nextRestart = nextRestart
        beginSession(session)
    }

    /// Begins a new session of the client, which numbers its packets from 1 again.
    mutating func beginSession(_ session: UInt64) {
        truth.finish()
        var entry = Entry(session: session, gaps: GapScore(receiver: receiver))
        if keepsEpochs { entry.epochs = ReceiverEpochs(receiver, isFromStart: !hasRestarted, end: nextRestart) }
        entries.append(entry)
    }

    mutating func restartReceiver(next: Instant?) {
        hasRestarted = true
        nextRestart = next
        for index in entries.indices { entries[index].restartReceiver(next: next) }
    }

    /// Records that no intact copy of this data packet of the newest session will arrive. Numbers must ascend.
    mutating func recordInjected(_ sequence: UInt64) {
        truth.append(sequence)
        entries[entries.count - 1].injected.insert(sequence)
        entries[entries.count - 1].gaps.recordInjected(sequence)
        entries[entries.count - 1].epochs?.recordInjected(sequence)
    }

    /// Records that the receiver accepted a packet of this session. If its number was injected, the packet was retransmitted.
    mutating func recordAccepted(_ sequence: UInt64, isLate: Bool, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].accepted.insert(sequence)
        entries[index].gaps.recordAccepted(sequence, isLate: isLate)
        entries[index].epochs?.recordAccepted(sequence)
    }

    /// Records that an intact packet of this session arrived. `isRefused` is true if the receiver refused its number as out of
    /// range.
    mutating func recordIntact(
        _ sequence: UInt64, of session: UInt64?, isData: Bool, isRefused: Bool = false, at time: Instant
    ) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordIntact(sequence, isData: isData)
        // The receiver may already have closed a session that was replaced by another.
        let isOver = isRefused && index < entries.count - 1
        entries[index].epochs?.recordIntact(sequence, isData: isData && !isOver, at: time)
    }

    mutating func recordFound(_ range: ClosedRange<UInt64>, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].reported.insert(range)
        entries[index].gaps.recordFound(range)
    }

    mutating func recordRecovered(_ range: ClosedRange<UInt64>, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].unreported.insert(range)
        for part in entries[index].reported.intersection(range) { entries[index].unreported.remove(part) }
        entries[index].reported.remove(range)
        entries[index].gaps.recordRecovered(range)
    }

    /// Records that the receiver refused a packet with this number as out of range.
    ///
    /// The first refusal of a number makes it an injected gap, unless it is one already. The receiver's gaps are thus compared
    /// with all packets that it did not accept, for any reason. A refusal without an explanation is a false alarm.
    mutating func recordRefused(_ sequence: UInt64, of session: UInt64) -> Refusal {
        guard let index = index(of: session) else { return .again }
        if entries[index].accepted.contains(sequence) || entries[index].epochs?.hadArrived(sequence) == true { return .again }
        guard entries[index].refused.insert(sequence) else { return .again }
        if index == entries.count - 1 { entries[index].epochs?.recordRefused(sequence) }
        if !entries[index].injected.contains(sequence) {
            let isSure = !keepsEpochs && index == entries.count - 1
            entries[index].gaps.recordRefused(sequence, isSure: isSure)
        }
        return .first(isFinal: keepsEpochs || !entries[index].gaps.isAhead(sequence))
    }

    /// Records that the receiver accepts a packet that it had refused because its number was too far ahead.
    mutating func recordAcceptedAfterRefusal(_ sequence: UInt64, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].refused.remove(sequence)
        if !entries[index].injected.contains(sequence) { entries[index].gaps.recordAcceptedAfterRefusal(sequence) }
    }

    /// Whether the packet's outcome was decided before. Only a receiver that restarted, and forgot the packet, accepts it again.
    func isSettled(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard keepsEpochs, let index = index(of: session), let epochs = entries[index].epochs else { return false }
        return epochs.hadArrived(sequence) || entries[index].refused.contains(sequence)
    }

    /// The current client's session.
    var session: UInt64 { entries[entries.count - 1].session }

    /// Whether an earlier epoch of the receiver knew of this number but had not received the packet.
    func wasMissing(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard let index = index(of: session), let epochs = entries[index].epochs else { return false }
        return sequence <= epochs.highestBefore && !epochs.hadArrived(sequence)
    }

    /// Whether there are several sessions, so that the bytes of an arriving packet must show its session.
    var hasManySessions: Bool { entries.count > 1 }

    private func index(of session: UInt64?) -> Int? {
        guard entries.count > 1, let session else { return 0 }
        return entries.lastIndex { $0.session == session }
    }

    mutating func finish() {
        truth.finish()
        for index in entries.indices {
            entries[index].finish()
        }
    }

    /// The score of all sessions together. Call it after ``finish()``.
    var score: DetectorScore {
        var sum = DetectorScore()
        for entry in entries {
            let score = entry.epochs?.score ?? entry.gaps.score
            sum.injected += score.injected + entry.unreported.count
            sum.found += score.found
            sum.undetectable += score.undetectable
            sum.outsideWindow += score.outsideWindow
            sum.falseAlarms += score.falseAlarms
        }
        return sum
    }

    /// The first numbers that were missed, and the first false ones, for the report.
    var firstMissed: [ClosedRange<UInt64>] {
        Array(
            entries.flatMap { entry in
                let missed = entry.epochs.map { Array($0.missed.ranges.prefix(4)) } ?? entry.gaps.firstMissed
                return missed + entry.unreported.ranges.prefix(4)
            }.prefix(4))
    }

    var firstFalse: [ClosedRange<UInt64>] {
        Array(entries.flatMap { $0.epochs.map { Array($0.invented.ranges.prefix(4)) } ?? $0.gaps.firstFalse }.prefix(4))
    }
}
