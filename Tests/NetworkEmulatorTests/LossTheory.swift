import StatsModel

@testable import NetworkEmulator

/// What probability theory says of a loss model, derived from the models' definitions in Sources/FAULTS.md by matrices of
/// this file's own, in netem's numbering of the states; it shares no code with the chains it judges.
struct LossTheory {
    /// `transitions[i][j]`: from state i to state j.
    let transitions: [[Double]]
    /// Probability of loss in each state.
    let lossShares: [Double]

    init(_ model: LossModel) {
        switch model {
        case .random(let rate, let correlation):
            // Received, lost; the correlation of neighbours is the share asked for.
            let p = rate.percent / 100
            let c = correlation.percent / 100
            transitions = [[1 - p * (1 - c), p * (1 - c)], [(1 - p) * (1 - c), 1 - (1 - p) * (1 - c)]]
            lossShares = [0, 1]
        case .gemodel(let p, let r, let bad, let good):
            let (p, r) = (p.percent / 100, r.percent / 100)
            transitions = [[1 - p, p], [r, 1 - r]]
            lossShares = [good.percent / 100, bad.percent / 100]
        case .state(let p13, let p31, let p32, let p23, let p14):
            let (a, b, c, d, e) = (p13.percent / 100, p31.percent / 100, p32.percent / 100, p23.percent / 100, p14.percent / 100)
            transitions = [[1 - a - e, 0, a, e], [0, 1 - d, d, 0], [b, c, 1 - b - c, 0], [1, 0, 0, 0]]
            lossShares = [0, 0, 1, 1]
        }
    }

    private static func times(_ vector: [Double], _ matrix: [[Double]]) -> [Double] {
        vector.indices.map { column in vector.indices.reduce(0) { $0 + vector[$1] * matrix[$1][column] } }
    }

    /// The long run's distribution, by walking until it stands still.
    var stationary: [Double] {
        var vector = transitions.indices.map { $0 == 0 ? 1.0 : 0 }
        for _ in 0..<10_000 { vector = Self.times(vector, transitions) }
        return vector
    }

    var rate: Double { zip(stationary, lossShares).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Probabilities of bursts of 1, 2, ... `count` losses in a row, then of all longer ones.
    ///
    /// A burst begins in a state reached from a packet that was not lost; it goes on while step and loss go on.
    func burstLengths(upTo count: Int) -> [Double] {
        let received = zip(stationary, lossShares).map { $0 * (1 - $1) }
        var vector = zip(Self.times(received, transitions), lossShares).map { $0 * $1 }
        let sum = vector.reduce(0, +)
        vector = vector.map { $0 / sum }
        var lengths: [Double] = []
        for _ in 0..<count {
            let next = zip(Self.times(vector, transitions), lossShares).map { $0 * $1 }
            lengths.append(vector.reduce(0, +) - next.reduce(0, +))
            vector = next
        }
        return lengths + [vector.reduce(0, +)]
    }
}

/// A chi-square test of counts against probabilities.
enum ChiSquare {
    /// The statistic and its degrees of freedom; neighbouring classes are joined until ten are expected in each.
    static func statistic(_ counts: [Int], _ probabilities: [Double]) -> (value: Double, freedom: Int) {
        let total = Double(counts.reduce(0, +))
        var classes: [(count: Double, expected: Double)] = []
        var open = (count: 0.0, expected: 0.0)
        for (count, probability) in zip(counts, probabilities) {
            open.count += Double(count)
            open.expected += probability * total
            if open.expected >= 10 {
                classes.append(open)
                open = (0, 0)
            }
        }
        // What is left over joins the last class.
        if let last = classes.popLast() { classes.append((last.count + open.count, last.expected + open.expected)) }
        let value = classes.reduce(0) { $0 + ($1.count - $1.expected) * ($1.count - $1.expected) / $1.expected }
        return (value, classes.count - 1)
    }

    /// The bound that a right distribution exceeds once in 300 000 tests (4.5 standard deviations), by Wilson and
    /// Hilferty's approximation.
    static func bound(freedom: Int) -> Double {
        let k = Double(freedom)
        let root = 1 - 2 / (9 * k) + 4.5 * (2 / (9 * k)).squareRoot()
        return k * root * root * root
    }
}

extension LossModel {
    /// The share of packets that the emulator's chain loses in the long run.
    var longRunRate: Double {
        let chain = MarkovChain(self)
        return (0..<4).reduce(0) { $0 + chain.stationary[$1] * chain.lossShares[$1] }
    }
}
