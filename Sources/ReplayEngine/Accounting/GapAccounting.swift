import StatsModel
import StatsReceiver

/// The gap scores of a run's sessions: one, and one more for each restart of the client.
struct GapAccounting {
    private struct Entry {
        let session: UInt64
        var gaps: GapScore
        /// Only kept where the receiver restarts; it then says what ``gaps`` says otherwise.
        var epochs: ReceiverEpochs?
        /// Numbers accepted, those of which the network brought nothing intact, and those the receiver refused as out of
        /// range before anything of them was accepted.
        var accepted = NumberSet()
        var injected = NumberSet()
        var refused = NumberSet()
        /// Gaps that the receiver has reported since its last restart, without those that it has taken back.
        var reported = SequenceSet()
        /// Taken back by the receiver, which had never reported them: gaps that it knew of and kept to itself.
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

    /// What a packet is that the receiver refused as out of range.
    enum Refusal {
        /// Nothing of it was accepted or refused before; `isFinal`: no later copy can be accepted.
        case first(isFinal: Bool)
        /// A second copy: of one that was accepted or refused.
        case again
    }

    private let receiver: ReceiverConfiguration
    private let keepsEpochs: Bool
    private var nextRestart: Instant?
    private var hasRestarted = false
    /// Never empty; the last one is the client's of now.
    private var entries: [Entry] = []
    /// Numbers injected, one session behind the other.
    private(set) var truth = RangeDigest()

    /// - Parameters:
    ///   - session: the client's first
    ///   - restarts: when the receiver restarts for the first time, where it ever does
    init(session: UInt64, receiver: ReceiverConfiguration, keepsEpochs: Bool, nextRestart: Instant?) {
        self.receiver = receiver
        self.keepsEpochs = keepsEpochs
        self.nextRestart = nextRestart
        beginSession(session)
    }

    /// The client numbers from 1 again, in a session of its own.
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

    /// No intact copy of this data packet of the newest session will arrive. Numbers must ascend.
    mutating func recordInjected(_ sequence: UInt64) {
        truth.append(sequence)
        entries[entries.count - 1].injected.insert(sequence)
        entries[entries.count - 1].gaps.recordInjected(sequence)
        entries[entries.count - 1].epochs?.recordInjected(sequence)
    }

    /// The receiver accepted a packet of this session; if it had been missing, it was retransmitted.
    mutating func recordAccepted(_ sequence: UInt64, isLate: Bool, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].accepted.insert(sequence)
        entries[index].gaps.recordAccepted(sequence, isLate: isLate)
        entries[index].epochs?.recordAccepted(sequence)
    }

    /// An intact packet of this session arrived; `isRefused`: the receiver takes its number for out of range.
    mutating func recordHeard(
        _ sequence: UInt64, of session: UInt64?, isData: Bool, isRefused: Bool = false, at time: Instant
    ) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordHeard(sequence, isData: isData)
        // A session that another has replaced may be over.
        let isOver = isRefused && index < entries.count - 1
        entries[index].epochs?.recordHeard(sequence, isData: isData && !isOver, at: time)
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

    /// The receiver refused a packet of this number as out of range.
    ///
    /// The first time that makes a gap of it, if it was none before, so that what the receiver has given up is held against
    /// what it did not accept, for whatever reason. A refusal that nothing explains is an alarm.
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

    /// The receiver accepts a packet that it refused before, when its number was too far ahead.
    mutating func recordAcceptedAfterRefusal(_ sequence: UInt64, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].refused.remove(sequence)
        if !entries[index].injected.contains(sequence) { entries[index].gaps.recordAcceptedAfterRefusal(sequence) }
    }

    /// Whether a receiver that has forgotten it accepts a packet whose end is known already.
    func isSettled(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard keepsEpochs, let index = index(of: session), let epochs = entries[index].epochs else { return false }
        return epochs.hadArrived(sequence) || entries[index].refused.contains(sequence)
    }

    /// The session that numbers now.
    var session: UInt64 { entries[entries.count - 1].session }

    /// Whether an earlier epoch of the receiver knew of this number, and had not got the packet.
    func wasMissing(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard let index = index(of: session), let epochs = entries[index].epochs else { return false }
        return sequence <= epochs.heardBefore && !epochs.hadArrived(sequence)
    }

    /// Whether sessions have to be told apart by the bytes of what arrives.
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

    /// Of all sessions together. After ``finish()``.
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

    /// The first numbers missed and invented, for the report.
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
