import StatsModel

/// A stream of random numbers for tests: SplitMix64 from a seed that the failure prints.
struct SplitMix {
    private let seed: UInt64
    private var count: UInt64 = 0

    init(seed: UInt64) { self.seed = seed }

    mutating func next() -> UInt64 {
        count += 1
        return KeyedRandom.mix(seed &+ count &* 0x9E37_79B9_7F4A_7C15)
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }
    mutating func chance(_ percent: UInt64) -> Bool { below(100) < percent }
}
