/// Random numbers keyed by *what* is decided, never by *when*: the same seed and key give the same draw,
/// whatever else was drawn before, on any thread. So an extra packet never reshuffles the others.
public struct KeyedRandom: Sendable {
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// A uniform 64-bit draw for one decision.
    ///
    /// - Parameters:
    ///   - rule: which rule decides (a constant of the rule, so that two rules never share draws)
    ///   - flow: which sender (its session)
    ///   - sequence: which packet of that sender
    ///   - copy: which copy of that packet, counted from 0
    ///
    /// O(1); SplitMix64's finaliser (Steele, Lea, Flood 2014) folded over the key.
    @inlinable public func draw(rule: UInt64, flow: UInt64, sequence: UInt64, copy: UInt64 = 0) -> UInt64 {
        var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        state = Self.mix(state ^ rule &* 0xD6E8_FEB8_6659_FD93)
        state = Self.mix(state ^ flow)
        state = Self.mix(state &+ sequence &* 0x9E37_79B9_7F4A_7C15)
        return Self.mix(state ^ copy &* 0xA076_1D64_78BD_642F)
    }

    /// Whether the decision falls inside `probability`.
    @inlinable public func chance(
        _ probability: Ratio, rule: UInt64, flow: UInt64, sequence: UInt64, copy: UInt64 = 0
    ) -> Bool {
        !probability.isZero && probability.accepts(draw(rule: rule, flow: flow, sequence: sequence, copy: copy))
    }

    /// SplitMix64's output function: a bijection of 64 bits in which every input bit moves every output bit.
    @inlinable public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
