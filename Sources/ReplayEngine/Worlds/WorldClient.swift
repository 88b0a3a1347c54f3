import StatsModel
import StatsPipeline
import StatsWire

/// A random client: either an unchanged preset, or one in which every field may have any valid value.
struct WorldClient: Sendable {
    let configuration: ClientConfiguration
    /// The client's preset. nil if it differs from every preset.
    let preset: ClientPreset?

    init(_ dice: inout WorldDice) {
        let preset = dice.pick(ClientPreset.allCases)
        let plain = preset.configuration
        var varied = plain
        if dice.chance(75) { Self.vary(&varied, &dice, percent: dice.pick([15, 35, 60])) }
        // Some ranges depend on each other, so that a random combination may be invalid. Then the preset stays unchanged.
        let isValid = (try? varied.validate()) != nil
        configuration = isValid ? varied : plain
        self.preset = isValid && varied != plain ? nil : preset
    }

    private static func vary(_ client: inout ClientConfiguration, _ dice: inout WorldDice, percent: Int) {
        if dice.chance(max(30, percent)) { client.bufferCapacity = 1 << dice.number(in: 0...10) }
        if dice.chance(max(40, percent)) {
            client.dropStrategy = strategy(&dice)
            // Strategies for full buffers only matter if buffers fill.
            if dice.chance(70) { client.bufferCapacity = 1 << dice.number(in: 0...5) }
        }
        if dice.chance(percent) || client.dropStrategy.isByPriority { choosePriorities(&client, &dice) }
        if dice.chance(percent) { client.aggregation = dice.chance(30) ? nil : aggregation(&dice) }
        if dice.chance(max(50, percent)) { client.batchSize = dice.scaled(in: 1...dice.pick([8, 100, 500])) }
        if dice.chance(percent) {
            client.minimumBatchSize = dice.chance(50) ? nil : dice.number(in: 1...client.batchSize)
        } else if let least = client.minimumBatchSize {
            client.minimumBatchSize = min(least, client.batchSize)
        }
        if dice.chance(percent) { client.maximumBatchAge = dice.chance(10) ? .zero : dice.time(.microseconds(10), .seconds(5)) }
        if dice.chance(percent) { client.maximumPacketSize = dice.pick([200, 508, 1432, 8972, dice.number(in: 160...3000)]) }
        if dice.chance(max(30, percent)) { client.largeEventLimit = dice.chance(60) ? 0 : dice.number(in: 200...9000) }
        if dice.chance(percent) { client.codec = dice.pick([.binary, .protocolBuffers, .messagePack, .json]) }
        if dice.chance(percent) { client.heartbeatInterval = dice.time(.milliseconds(5), .seconds(30)) }
        if dice.chance(percent) { client.closingCopies = dice.number(in: 0...5) }
        if dice.chance(percent) { client.closingInterval = dice.time(.zero, .seconds(1)) }
        if dice.chance(percent) { client.breaker = dice.chance(25) ? nil : breaker(&dice) }
        if dice.chance(percent) { client.redundancy = dice.pick(Redundancy.allCases) }
        if dice.chance(percent) { client.copySpread = dice.time(.zero, .seconds(2)) }
        if dice.chance(percent) { client.copyLimit = dice.scaled(in: 1...256) }
        if dice.chance(percent) { client.reliability = dice.chance(30) ? nil : reliability(&dice) }
        if dice.chance(percent) { client.parity = dice.chance(30) ? nil : parity(&dice) }
        if dice.chance(percent / 2) { client.metricLimit = dice.scaled(in: 1...100) }
        if dice.chance(percent / 2) { client.textCapacity = dice.scaled(in: 64...65_536) }
        if dice.chance(percent / 2) {
            client.memoryLimit = client.fixedMemory + dice.scaled(in: 100...50_000)
        } else if client.memoryLimit != nil {
            client.memoryLimit = max(client.memoryLimit ?? 0, client.fixedMemory)
        }
    }

    private static func strategy(_ dice: inout WorldDice) -> DropStrategy {
        switch dice.below(4) {
        case 0: return .newest
        case 1: return .oldest
        case 2: return .byPriority(lowRefusedFrom: dice.share(upTo: 100))
        default:
            let fill = dice.number(in: 10...60)
            let keep = dice.number(in: 30...90)
            return .sampled(
                SamplingPlan([
                    SamplingPlan.Step(fill: Ratio(UInt64(fill), outOf: 100), keep: Ratio(UInt64(keep), outOf: 100)),
                    SamplingPlan.Step(
                        fill: Ratio(UInt64(dice.number(in: fill + 1...100)), outOf: 100),
                        keep: Ratio(UInt64(dice.number(in: 1...keep - 1)), outOf: 100)),
                ]))
        }
    }

    private static func choosePriorities(_ client: inout ClientConfiguration, _ dice: inout WorldDice) {
        let patterns: [MetricPattern] = ["web.*", "db.*", "cache*", "queue.depth.1", "x.0", "a.*"]
        client.priorities = PriorityRules(
            critical: patterns.filter { _ in dice.chance(20) }, high: patterns.filter { _ in dice.chance(20) },
            low: patterns.filter { _ in dice.chance(50) })
    }

    private static func aggregation(_ dice: inout WorldDice) -> AggregatorConfiguration {
        var aggregation = AggregatorConfiguration()
        aggregation.interval = dice.time(.milliseconds(1), .seconds(10))
        aggregation.metricLimit = dice.scaled(in: 1...1000)
        aggregation.stripeCount = dice.pick([1, 1, 2, 4])
        aggregation.timings = dice.pick(AggregatorConfiguration.Timings.allCases)
        aggregation.memberLimit = dice.scaled(in: 1...1024)
        aggregation.memberByteLimit = dice.scaled(in: 0...65_536)
        return aggregation
    }

    private static func breaker(_ dice: inout WorldDice) -> BreakerConfiguration {
        var breaker = BreakerConfiguration()
        breaker.failureThreshold = dice.number(in: 1...8)
        breaker.failureWindow = dice.number(in: breaker.failureThreshold...20)
        breaker.probeLimit = dice.number(in: 1...5)
        breaker.successThreshold = dice.number(in: 1...breaker.probeLimit)
        breaker.probeTimeout = dice.time(.milliseconds(1), .seconds(5))
        breaker.openFor = dice.time(.milliseconds(1), .seconds(5))
        breaker.growth = dice.number(in: 1...4)
        breaker.maximumOpenFor = max(breaker.openFor, dice.time(.milliseconds(1), .seconds(30)))
        return breaker
    }

    private static func reliability(_ dice: inout WorldDice) -> ReliabilityConfiguration {
        var reliability = ReliabilityConfiguration()
        reliability.criticalCapacity = dice.chance(20) ? 0 : dice.scaled(in: 100...262_144)
        reliability.historyCapacity = dice.chance(20) ? 0 : dice.scaled(in: 100...131_072)
        reliability.shortestTimeout = dice.time(.milliseconds(5), .milliseconds(500))
        reliability.longestTimeout = max(reliability.shortestTimeout, dice.time(.milliseconds(50), .seconds(3)))
        reliability.lingerLimit = dice.time(.zero, .seconds(30))
        reliability.unansweredLimit = dice.time(.zero, .seconds(30))
        if dice.chance(30) { reliability.retransmissionLimit = dice.number(in: 1...8) }
        if dice.chance(30) { reliability.retransmissionPercent = dice.number(in: 0...200) }
        if dice.chance(30) { reliability.retransmissionFloor = dice.scaled(in: 1024...65_536) }
        reliability.runningTotalCapacity = dice.chance(25) ? 0 : dice.scaled(in: 1...1024)
        reliability.runningTotalInterval = dice.chance(20) ? .zero : dice.time(.milliseconds(10), .seconds(2))
        return reliability
    }

    private static func parity(_ dice: inout WorldDice) -> ParityConfiguration {
        let size = dice.scaled(in: 1...32)
        return ParityConfiguration(
            groupSize: size, parityCount: dice.number(in: 1...6), interleave: dice.number(in: 1...max(1, min(8, 240 / size))),
            maximumAge: dice.time(.milliseconds(1), .seconds(3)))
    }
}

extension DropStrategy {
    fileprivate var isByPriority: Bool { if case .byPriority = self { true } else { false } }
}
