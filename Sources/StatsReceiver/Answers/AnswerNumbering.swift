import StatsModel
import StatsWire

/// Numbers the answers of one receiver: an epoch, drawn anew for each life of the process, and a counter in it that all
/// sessions share, so that a session which was closed and opened again goes on where it was.
///
/// No clock takes part: a receiver whose clock steps back, or that takes over from another, is believed all the same.
struct AnswerNumbering: Sendable {
    private let random: KeyedRandom
    private var epochs: UInt64 = 0
    private var last: AnswerNumber

    /// - Parameter seed: what the epochs are drawn from
    init(seed: UInt64) {
        random = KeyedRandom(seed: seed)
        last = AnswerNumber(epoch: 0, counter: 0)
        beginEpoch()
    }

    /// The number of the next answer, above all others of its epoch. A counter at its end begins a new epoch.
    mutating func next() -> AnswerNumber {
        if last.counter == .max { beginEpoch() }
        last.counter += 1
        return last
    }

    /// The receiver is another process from now on.
    mutating func beginEpoch() {
        epochs += 1
        let draw = random.draw(rule: 0xE90C_4000, flow: 0, sequence: epochs)
        last = AnswerNumber(epoch: UInt32(truncatingIfNeeded: draw), counter: 0)
    }
}
