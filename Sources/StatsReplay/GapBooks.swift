import StatsModel
import StatsReceiver

/// The gap scores of a run's sessions: one, and one more for each restart of the client.
struct GapBooks {
    private struct Entry {
        let session: UInt64
        var gaps = GapScore()
        /// Only kept where the receiver restarts; it then says what ``gaps`` says otherwise.
        var lives: ReceiverLives?
        /// Numbers that the receiver refused as out of range.
        var refused = SequenceSet()
    }

    private let receiver: ReceiverConfiguration
    private let keepsLives: Bool
    private var nextRestart: Instant?
    private var hasRestarted = false
    /// Never empty; the last one is the client's of now.
    private var entries: [Entry] = []
    /// Numbers injected, one session behind the other.
    private(set) var truth = RangeDigest()

    /// - Parameters:
    ///   - session: the client's first
    ///   - restarts: when the receiver restarts for the first time, where it ever does
    init(session: UInt64, receiver: ReceiverConfiguration, keepsLives: Bool, nextRestart: Instant?) {
        self.receiver = receiver
        self.keepsLives = keepsLives
        self.nextRestart = nextRestart
        beginSession(session)
    }

    /// The client numbers from 1 again, in a session of its own.
    mutating func beginSession(_ session: UInt64) {
        truth.finish()
        var entry = Entry(session: session)
        if keepsLives { entry.lives = ReceiverLives(receiver, isFromStart: !hasRestarted, end: nextRestart) }
        entries.append(entry)
    }

    mutating func restartReceiver(next: Instant?) {
        hasRestarted = true
        nextRestart = next
        for index in entries.indices { entries[index].lives?.restart(next: next) }
    }

    /// No intact copy of this data packet of the newest session will arrive. Numbers must ascend.
    mutating func recordInjected(_ sequence: UInt64) {
        truth.append(sequence)
        entries[entries.count - 1].gaps.recordInjected(sequence)
        entries[entries.count - 1].lives?.recordInjected(sequence)
    }

    /// The receiver accepted a packet of this session; if it had been missing, it was sent again.
    mutating func recordAccepted(_ sequence: UInt64, isLate: Bool, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordAccepted(sequence, isLate: isLate)
        entries[index].lives?.recordAccepted(sequence)
    }

    /// An intact packet of this session arrived.
    mutating func recordHeard(_ sequence: UInt64, of session: UInt64?, isData: Bool, at time: Instant) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordHeard(sequence)
        entries[index].lives?.recordHeard(sequence, isData: isData, at: time)
    }

    mutating func recordFound(_ range: ClosedRange<UInt64>, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordFound(range)
        entries[index].lives?.recordFound(range)
    }

    mutating func recordRecovered(_ range: ClosedRange<UInt64>, of session: UInt64) {
        guard let index = index(of: session) else { return }
        entries[index].gaps.recordRecovered(range)
        entries[index].lives?.recordRecovered(range)
    }

    /// The receiver refused this number. Whether it does so for the first time, and no copy was accepted before.
    mutating func recordRefused(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard let index = index(of: session) else { return false }
        if entries[index].lives?.hadArrived(sequence) == true { return false }
        return entries[index].refused.insert(sequence...sequence) > 0
    }

    /// Whether a receiver that has forgotten it accepts a packet whose end is in the books already.
    func isSettled(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard keepsLives, let index = index(of: session), let lives = entries[index].lives else { return false }
        return lives.hadArrived(sequence) || entries[index].refused.contains(sequence)
    }

    /// The session that numbers now.
    var session: UInt64 { entries[entries.count - 1].session }

    /// Whether an earlier life of the receiver knew of this number, and had not got the packet.
    func wasMissing(_ sequence: UInt64, of session: UInt64) -> Bool {
        guard let index = index(of: session), let lives = entries[index].lives else { return false }
        return sequence <= lives.heardBefore && !lives.hadArrived(sequence)
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
            entries[index].gaps.finish()
            entries[index].lives?.finish()
        }
    }

    /// Of all sessions together. After ``finish()``.
    var score: DetectorScore {
        var sum = DetectorScore()
        for entry in entries {
            let score = entry.lives?.score ?? entry.gaps.score
            sum.injected += score.injected
            sum.found += score.found
            sum.unheard += score.unheard
            sum.falseAlarms += score.falseAlarms
        }
        return sum
    }

    /// The first numbers missed and invented, for the report.
    var firstMissed: [ClosedRange<UInt64>] {
        Array(entries.flatMap { $0.lives.map { Array($0.missed.ranges.prefix(4)) } ?? $0.gaps.firstMissed }.prefix(4))
    }

    var firstFalse: [ClosedRange<UInt64>] {
        Array(entries.flatMap { $0.lives.map { Array($0.invented.ranges.prefix(4)) } ?? $0.gaps.firstFalse }.prefix(4))
    }
}
