package import StatsModel

/// Decides for each event whether it is buffered, and which event makes room. It is a pure function of the event's key and the
/// buffer's fill level. It therefore needs no lock, and the same run gives the same decisions on every machine.
package struct DropDecider: Sendable {
    /// The rule of its own draws, which no other rule shares ("SAMPLE" in ASCII).
    static let samplingRule: UInt64 = 0x53_41_4D_50_4C_45

    package let strategy: DropStrategy
    private let random: KeyedRandom

    /// - Parameter seed: the seed of the draws for ``DropStrategy/sampled(_:)``
    package init(_ strategy: DropStrategy, seed: UInt64) {
        self.strategy = strategy
        random = KeyedRandom(seed: seed)
    }

    /// The decision for one event.
    ///
    /// - Parameters:
    ///   - rate: the event's present sample rate, in (0, 1]
    ///   - count: the number of waiting events
    ///   - capacity: the largest number of waiting events
    ///   - flow: the recorder (a session, or a producer's number)
    ///   - number: the event's number in its flow, counted by the caller; the same pair always draws the same
    ///
    /// O(1), or O(steps of the sampling plan).
    package func decide(
        type: MetricType, priority: EventPriority, flags: EventFlags = [], rate: Double = 1, count: Int, capacity: Int,
        flow: UInt64, number: UInt64
    ) -> DropDecision {
        let isFull = count >= capacity
        switch strategy {
        case .newest:
            return isFull ? .refuse(.bufferFull) : .push
        case .oldest:
            return isFull ? .pushEvictingOldest : .push
        case .byPriority(let limit):
            if priority == .low, limit.isReached(count: count, capacity: capacity) { return .refuse(.lowPriority) }
            return isFull ? .pushEvictingLower : .push
        case .sampled(let plan):
            return sample(plan, type, priority, flags, rate, count, capacity, flow, number)
        }
    }

    private func sample(
        _ plan: SamplingPlan, _ type: MetricType, _ priority: EventPriority, _ flags: EventFlags, _ rate: Double,
        _ count: Int, _ capacity: Int, _ flow: UInt64, _ number: UInt64
    ) -> DropDecision {
        let isFull = count >= capacity
        guard Self.mayBeSampled(type, priority, flags), let keep = plan.keep(count: count, capacity: capacity) else {
            return isFull ? .refuse(.bufferFull) : .push
        }
        // Sampling decides before a full buffer does. Its result does not depend on the moment at which a slot was emptied.
        let draw = random.draw(rule: Self.samplingRule, flow: flow, sequence: number)
        guard keep.accepts(draw) else { return .refuse(.sampledOut) }
        if isFull { return .refuse(.bufferFull) }
        return .pushSampled(rate: rate * Double(keep.numerator) / Double(keep.denominator))
    }

    /// Whether the sample rate of the remaining events can represent the omitted ones, as servers divide counts and samples by
    /// it. A gauge's latest value, a set's member and a text cannot be scaled up. Critical events are never sampled.
    private static func mayBeSampled(_ type: MetricType, _ priority: EventPriority, _ flags: EventFlags) -> Bool {
        if priority == .critical || flags.contains(.explicitTimestamp) { return false }
        return switch type {
        case .counter, .timing, .histogram, .distribution: true
        case .gauge, .set, .event, .serviceCheck: false
        }
    }
}
