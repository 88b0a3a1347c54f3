import NetworkEmulator
import PacketCapture
import StatsModel
package import StatsPipeline
import StatsReceiver

/// A random run: a small capture and a whole scenario, made from one seed.
///
/// Each world first chooses how many faults it has, and then each of its parts. Some worlds therefore have a single fault and a
/// single mitigation, and others have everything at once (like TigerBeetle's simulator, VOPR).
package struct World: Sendable {
    package let seed: UInt64
    package let excerpt: CaptureExcerpt
    package let scenario: Scenario
    /// The name of the network's profile, if it was made from one.
    package let profile: String?
    /// The client's preset, if it is one.
    package let preset: ClientPreset?

    /// Makes a world. Its scenario is always valid; an invalid one is a bug of this generator and traps. O(events), a few
    /// milliseconds at most.
    package init(seed: UInt64) {
        var dice = WorldDice(seed: seed)
        self.seed = seed
        let capture = WorldCapture(&dice)
        excerpt = capture.excerpt
        var scenario = Scenario()
        scenario.seed = seed
        Self.choosePace(&scenario, capture, &dice)
        let span = Self.span(of: excerpt, scenario)
        let client = WorldClient(&dice)
        scenario.client = client.configuration
        preset = client.preset
        let network = WorldNetwork(&dice, span: span, packets: excerpt.count * scenario.loop)
        scenario.impairments = network.impairments
        profile = network.profile
        Self.chooseSender(&scenario, &dice)
        Self.chooseReceiver(&scenario, &dice)
        if dice.chance(5) { Self.exceedWindow(&scenario, lines: capture.lines, &dice) }
        Self.chooseLimits(&scenario, &dice)
        do {
            try scenario.validate()
        } catch {
            preconditionFailure("world \(seed) is no valid scenario: \(error)")
        }
        self.scenario = scenario
    }

    /// The identity of the capture, which exists in no file.
    package var capture: CaptureIdentity {
        CaptureIdentity(name: "\(name).pcapng", path: "\(name).pcapng", byteCount: 0, crc32: 0)
    }

    package var name: String { "world-\(seed)" }

    private static func choosePace(_ scenario: inout Scenario, _ capture: WorldCapture, _ dice: inout WorldDice) {
        let count = Double(capture.excerpt.count)
        // A slow replay of a few datagrams may take minutes on the run's clock, but not hours.
        let slowest = max(1, count / 60)
        switch dice.below(8) {
        case 0: scenario.pace = .multiplier(Double(dice.scaled(in: 1...10_000)) / Double(dice.pick([1, 10, 20])))
        case 1: scenario.pace = .packetsPerSecond(slowest * Double(dice.scaled(in: 1...100_000)))
        case 2: scenario.pace = .megabitsPerSecond(slowest * Double(dice.scaled(in: 10...1_000_000)) / 1000)
        case 3: scenario.pace = .topspeed
        default: scenario.pace = .recorded
        }
        // Loops multiply the events, and a world should stay small.
        if capture.lines < 500, dice.chance(20) { scenario.loop = dice.number(in: 2...3) }
        if dice.chance(10) { scenario.limit = UInt64(dice.number(in: 1...capture.excerpt.count * scenario.loop)) }
        if dice.chance(10) { scenario.duration = dice.time(.milliseconds(1), .seconds(30)) }
    }

    /// Makes thousands of packets with one event each, and spreads their arrival over more time than their sending takes. More of
    /// them are then in flight than the receiver's window holds.
    private static func exceedWindow(_ scenario: inout Scenario, lines: Int, _ dice: inout WorldDice) {
        scenario.loop = min(200, 2 + 6000 / max(1, lines))
        scenario.limit = nil
        scenario.duration = nil
        scenario.pace = .topspeed
        scenario.client.bufferCapacity = 1 << 14
        scenario.client.batchSize = 1
        scenario.client.minimumBatchSize = nil
        scenario.client.memoryLimit = nil
        scenario.receiver.window = 4096
        scenario.receiver.maximumJump = 4096
        scenario.impairments.delay = .seconds(1)
        scenario.impairments.jitter = dice.time(.milliseconds(10), .seconds(1))
        if scenario.impairments.duplicates.isEmpty { scenario.impairments.duplicates = [dice.share(upTo: 40)] }
    }

    /// The time that it takes to offer the capture.
    private static func span(of excerpt: CaptureExcerpt, _ scenario: Scenario) -> Nanoseconds {
        var clock = ReplayClock(pace: scenario.pace, recordPerEvent: scenario.sender.recordPerEvent)
        var last = Instant.start
        for index in excerpt.indices {
            last = clock.schedule(timestamp: excerpt[index].timestamp, byteCount: excerpt[index].payloadCount)
            clock.recordOffered(events: 4)
        }
        return Nanoseconds(max(1_000_000, Int64(clamping: last.nanoseconds) * Int64(scenario.loop)))
    }

    private static func chooseSender(_ scenario: inout Scenario, _ dice: inout WorldDice) {
        guard dice.chance(40) else { return }
        scenario.sender.perPacket = dice.time(.zero, .milliseconds(20))
        scenario.sender.perEvent = dice.time(.zero, .microseconds(50))
        scenario.sender.perKilobyte = dice.time(.zero, .microseconds(50))
        scenario.sender.recordPerEvent = dice.time(.zero, .microseconds(10))
    }

    /// Chooses limits of loss. They do not change a world's run, but the scenario must keep them when it is written and read
    /// back.
    private static func chooseLimits(_ scenario: inout Scenario, _ dice: inout WorldDice) {
        guard dice.chance(40) else { return }
        for lossClass in LossClass.allCases where dice.chance(40) {
            scenario.lossLimits[lossClass] = dice.chance(20) ? .zero : dice.share(upTo: 100)
        }
        let patterns: [MetricPattern] = ["*", "web.*", "db.*", "cache*", "queue.depth.1", "x.0", "no.such.metric"]
        for pattern in patterns where dice.chance(30) {
            scenario.lossLimits[pattern] = dice.chance(30) ? .zero : dice.share(upTo: 100)
        }
    }

    private static func chooseReceiver(_ scenario: inout Scenario, _ dice: inout WorldDice) {
        guard dice.chance(40) else { return }
        scenario.receiver.window = dice.pick([4096, 4096, 8192, 16_384])
        scenario.receiver.maximumJump = UInt64(scenario.receiver.window) * UInt64(dice.pick([1, 1, 64]))
        scenario.receiver.reorderLimit = dice.time(.milliseconds(1), .seconds(5))
    }
}
