import StatsModel

/// A sequence of random choices from one seed (SplitMix64; Steele, Lea, Flood 2014). The same seed gives the same choices on
/// every machine. Unlike with ``KeyedRandom``, a choice depends on the choices before it, which does no harm while a scenario is
/// made.
struct WorldDice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = KeyedRandom.mix(seed &+ 0x5EED_0FA1_0001) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return KeyedRandom.mix(state)
    }

    /// A number from 0 to `bound - 1`. Traps if the bound is below one.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a choice is among one thing at least")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// A number with a uniform order of magnitude: between 1 and 10 is as likely as between 10 and 100.
    mutating func scaled(in range: ClosedRange<Int>) -> Int {
        let low = max(1, range.lowerBound)
        let orders = Int.bitWidth - (range.upperBound / low).leadingZeroBitCount
        let scale = low << below(orders)
        return min(range.upperBound, max(range.lowerBound, scale + below(scale)))
    }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of the choices. Traps if there is none.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

    /// One of the choices, with probabilities in proportion to the weights.
    mutating func pick<Choice>(_ choices: [(weight: Int, Choice)]) -> Choice {
        var place = below(choices.reduce(0) { $0 + $1.weight })
        for (weight, choice) in choices {
            if place < weight { return choice }
            place -= weight
        }
        preconditionFailure("the place lies below the sum of the weights")
    }

    /// A time with a uniform order of magnitude, in whole microseconds or milliseconds, or sometimes in nanoseconds.
    mutating func time(_ low: Nanoseconds, _ high: Nanoseconds) -> Nanoseconds {
        let any = scaled(in: Int(low.rawValue)...Int(max(low, high).rawValue))
        let unit = pick([1, 1000, 1000, 1_000_000])
        return Nanoseconds(Int64(max(any / unit * unit, Int(low.rawValue))))
    }

    /// A time as above, for the client's configuration.
    mutating func time(_ low: Duration, _ high: Duration) -> Duration {
        let time: Nanoseconds = time(Nanoseconds(low), Nanoseconds(high))
        return time.duration
    }

    /// A share above zero in tenths of a percent, equal to the share that its text gives when it is read.
    mutating func share(upTo percent: Int) -> Ratio {
        let tenths = scaled(in: 1...percent * 10)
        return tenths % 10 == 0 ? Ratio(UInt64(tenths / 10), outOf: 100) : Ratio(UInt64(tenths), outOf: 1000)
    }
}
