import StatsModel

/// A loss model as a chain of at most four states. Probabilities are thresholds of 63-bit draws.
///
/// Each row lists its next states with lossy states first, so that one draw serves all models. If a higher probability loses a
/// packet in one state, it loses it in every worse state as well (Sources/FAULTS.md, "Nested faults").
struct MarkovChain: Sendable {
    /// Cumulative thresholds. The next state is the first one whose threshold lies above the draw, or else the fourth.
    private var cuts: [4 of [3 of UInt64]] = .init(repeating: .init(repeating: 0))
    private var next: [4 of [4 of UInt8]] = .init(repeating: .init(repeating: 0))
    private var startCuts: [3 of UInt64] = .init(repeating: 0)
    private var lossCuts: [4 of UInt64] = .init(repeating: 0)
    /// The probability of each state in the long run.
    private(set) var stationary: [4 of Double] = .init(repeating: 0)
    /// The probability of a loss in each state.
    private(set) var lossShares: [4 of Double] = .init(repeating: 0)

    /// 2^63, the threshold of probability one.
    static let all: UInt64 = 1 << 63

    private static func cut(_ share: Double) -> UInt64 {
        share >= 1 ? all : UInt64(max(0, share) * Double(all))
    }

    init(_ model: LossModel) {
        switch model {
        case .random(let rate, let correlation):
            // States: 0 lost, 1 received. The packet before has the weight `correlation`.
            let p = rate.share
            let rho = correlation.share
            setRow(0, [(p + rho * (1 - p), 0)], last: 1)
            setRow(1, [(p * (1 - rho), 0)], last: 1)
            setStart([p, 1 - p])
            setLoss([1, 0])
        case .gemodel(let p, let r, let bad, let good):
            // States: 0 bad, 1 good.
            setRow(0, [(r.complement.share, 0)], last: 1)
            setRow(1, [(p.share, 0)], last: 1)
            let sum = p.share + r.share
            setStart(sum > 0 ? [p.share / sum, r.share / sum] : [0, 1])
            setLoss([bad.share, good.share])
        case .state(let p13, let p31, let p32, let p23, let p14):
            // States: 0 lost in a burst (3), 1 lost alone (4), 2 received in a burst (2), 3 received (1).
            setRow(0, [(1 - p31.share - p32.share, 0), (p32.share, 2)], last: 3)
            setRow(1, [], last: 3)
            setRow(2, [(p23.share, 0)], last: 2)
            setRow(3, [(p13.share, 0), (p14.share, 1)], last: 3)
            setStart(Self.stationaryOfState(p13.share, p31.share, p32.share, p23.share, p14.share))
            setLoss([1, 1, 0, 0])
        }
    }

    private mutating func setRow(_ state: Int, _ outcomes: [(share: Double, next: UInt8)], last: UInt8) {
        var sum = 0.0
        for index in 0..<4 { next[state][index] = last }
        for index in 0..<3 {
            if index < outcomes.count {
                sum += outcomes[index].share
                next[state][index] = outcomes[index].next
            }
            cuts[state][index] = Self.cut(sum)
        }
    }

    private mutating func setStart(_ shares: [Double]) {
        for (index, share) in shares.enumerated() { stationary[index] = share }
        var sum = 0.0
        for index in 0..<3 {
            // The last existing state takes the rounding error.
            sum += stationary[index]
            startCuts[index] = index >= shares.count - 1 ? Self.all : Self.cut(sum)
        }
    }

    private mutating func setLoss(_ shares: [Double]) {
        for (index, share) in shares.enumerated() {
            lossShares[index] = share
            lossCuts[index] = Self.cut(share)
        }
    }

    /// The balance of the four-state chain: p13 · π1 + p23 · π2 = (p31 + p32) · π3, p32 · π3 = p23 · π2, p14 · π1 = π4.
    ///
    /// If nothing leads out of a reachable state, the chain ends there.
    private static func stationaryOfState(
        _ p13: Double, _ p31: Double, _ p32: Double, _ p23: Double, _ p14: Double
    ) -> [Double] {
        if p13 == 0 { return [0, p14 / (1 + p14), 0, 1 / (1 + p14)] }
        // The chain stays in state 2 for ever, as in netem with p23 = 0 and p32 > 0.
        if p32 > 0, p23 == 0 { return [0, 0, 1, 0] }
        if p31 == 0 {
            let inBurst = p32 > 0 ? p32 / p23 : 0
            return [1 / (1 + inBurst), 0, inBurst / (1 + inBurst), 0]
        }
        let burst = p13 / p31
        let pause = p32 > 0 ? burst * p32 / p23 : 0
        let sum = 1 + burst + pause + p14
        return [burst / sum, p14 / sum, pause / sum, 1 / sum]
    }

    /// The state in which a block of numbers begins.
    func start(_ draw: UInt64) -> UInt8 {
        let draw = draw >> 1
        return draw < startCuts[0] ? 0 : draw < startCuts[1] ? 1 : draw < startCuts[2] ? 2 : 3
    }

    /// The state that follows `state`.
    @inline(__always) func step(_ state: UInt8, _ draw: UInt64) -> UInt8 {
        let draw = draw >> 1
        let row = cuts[Int(state)]
        let index = draw < row[0] ? 0 : draw < row[1] ? 1 : draw < row[2] ? 2 : 3
        return next[Int(state)][index]
    }

    /// Whether a packet is lost in `state`. States that always or never lose need no draw.
    @inline(__always) func isLost(in state: UInt8, _ draw: @autoclosure () -> UInt64) -> Bool {
        let cut = lossCuts[Int(state)]
        if cut == 0 { return false }
        return cut == Self.all || draw() >> 1 < cut
    }
}
