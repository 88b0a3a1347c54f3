/// Random numbers keyed by the decision that they make, and not by the order of draws. The same seed and key give the same draw
/// on any thread, whatever was drawn before. An extra packet therefore does not change the draws of other packets.
public struct KeyedRandom: Sendable {
    /// The seed of the run.
    public let seed: UInt64

    /// Random numbers from this seed.
    public init(seed: UInt64) { self.seed = seed }

    /// A uniform 64-bit draw for one decision.
    ///
    /// - Parameters:
    ///   - rule: the rule that decides (a constant of the rule, so that two rules never share draws)
    ///   - flow: the sender (its session)
    ///   - sequence: the packet of this sender
    ///   - copy: the copy of this packet, counted from 0
    ///
    /// O(1). SplitMix64's finaliser (Steele, Lea, Flood 2014) applied to the parts of the key in turn.
    @inlinable public func draw(rule: UInt64, flow: UInt64, sequence: UInt64, copy: UInt64 = 0) -> UInt64 {
        var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        state = Self.mix(state ^ rule &* 0xD6E8_FEB8_6659_FD93)
        state = Self.mix(state ^ flow)
        state = Self.mix(state &+ sequence &* 0x9E37_79B9_7F4A_7C15)
        return Self.mix(state ^ copy &* 0xA076_1D64_78BD_642F)
    }

    /// Whether the draw falls inside `probability`.
    @inlinable public func chance(
        _ probability: Ratio, rule: UInt64, flow: UInt64, sequence: UInt64, copy: UInt64 = 0
    ) -> Bool {
        !probability.isZero && probability.accepts(draw(rule: rule, flow: flow, sequence: sequence, copy: copy))
    }

    /// SplitMix64's output function: a bijection of 64 bits in which every input bit affects every output bit.
    @inlinable public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
