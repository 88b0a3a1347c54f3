import StatsModel
import StatsWire

/// Numbers the acknowledgements of one receiver. A number consists of an epoch, which is drawn anew at each start of the process,
/// and a counter that all sessions share. A session that was closed and opened again therefore continues with higher numbers.
///
/// Numbers do not depend on a clock. They stay in order if the receiver's clock steps back, or if another receiver takes over.
struct AnswerNumbering: Sendable {
    private let random: KeyedRandom
    private var epochs: UInt64 = 0
    private var last: AnswerNumber

    /// - Parameter seed: the seed from which the epochs are drawn
    init(seed: UInt64) {
        random = KeyedRandom(seed: seed)
        last = AnswerNumber(epoch: 0, counter: 0)
        beginEpoch()
    }

    /// The number of the next acknowledgement, above all others of its epoch. When the counter overflows, a new epoch begins.
    mutating func next() -> AnswerNumber {
        if last.counter == .max { beginEpoch() }
        last.counter += 1
        return last
    }

    /// Begins a new epoch, because the receiver is now another process.
    mutating func beginEpoch() {
        epochs += 1
        let draw = random.draw(rule: 0xE90C_4000, flow: 0, sequence: epochs)
        last = AnswerNumber(epoch: UInt32(truncatingIfNeeded: draw), counter: 0)
    }
}
