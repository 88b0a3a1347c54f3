import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline
import StatsWire

/// Something that can occur in a world: a fault, a mitigation, a named loss, or a kind of capture, pace or client. Each has a
/// name and a test on a run's record. The test looks at the results of the run, because a setting alone does not prove an
/// occurrence.
struct WorldFact: Sendable {
    enum Group: String, CaseIterable, Sendable {
        case capture, pace, client, fault, profile, mitigation, loss
    }

    let group: Group
    let name: String
    let occurred: @Sendable (World, RunRecord) -> Bool

    init(_ group: Group, _ name: String, _ occurred: @escaping @Sendable (World, RunRecord) -> Bool) {
        self.group = group
        self.name = name
        self.occurred = occurred
    }

    /// All facts, in the order of the report.
    static let all: [WorldFact] = captures + paces + clients + faults + profiles + mitigations + losses

    private static let captures: [WorldFact] = [
        WorldFact(.capture, "text") { world, _ in has(world) { !PacketHeader.isSequenced($0) } },
        WorldFact(.capture, "sequenced packets") { world, _ in has(world) { PacketHeader.isSequenced($0) } },
        WorldFact(.capture, "several senders") { world, _ in
            world.excerpt.indices.contains { world.excerpt[$0].source != world.excerpt[0].source }
        },
        WorldFact(.capture, "malformed lines") { $1.source.malformed > 0 },
        WorldFact(.capture, "packets recorded twice") { $1.source.duplicatePackets > 0 },
        WorldFact(.capture, "bad checksums") { $1.source.checksumFailures > 0 },
        WorldFact(.capture, "clock steps back") { world, _ in
            world.excerpt.indices.dropFirst().contains { world.excerpt[$0].timestamp < world.excerpt[$0 - 1].timestamp }
        },
    ] + MetricType.allCases.map { type in
        WorldFact(.capture, type.name) { $1.ledger.offered.counts[type] > 0 }
    }

    private static func has(_ world: World, _ predicate: (Span<UInt8>) -> Bool) -> Bool {
        world.excerpt.indices.contains { world.excerpt.withPayload(of: $0, predicate) }
    }

    private static let paces: [WorldFact] = [
        WorldFact(.pace, "recorded") { $1.scenario.pace == .recorded && $1.source.datagrams > 0 },
        WorldFact(.pace, "multiplier") {
            if case .multiplier(let factor) = $1.scenario.pace { factor != 1 && $1.source.datagrams > 0 } else { false }
        },
        WorldFact(.pace, "pps") {
            if case .packetsPerSecond = $1.scenario.pace { $1.source.datagrams > 0 } else { false }
        },
        WorldFact(.pace, "mbps") {
            if case .megabitsPerSecond = $1.scenario.pace { $1.source.datagrams > 0 } else { false }
        },
        WorldFact(.pace, "topspeed") { $1.scenario.pace == .topspeed && $1.source.datagrams > 0 },
        WorldFact(.pace, "loop") { $1.source.datagrams > UInt64($0.excerpt.count) },
        WorldFact(.pace, "limit") { $1.scenario.limit == $1.source.datagrams && $1.scenario.duration == nil && isCut($0, $1) },
        WorldFact(.pace, "duration") { $1.scenario.duration != nil && $1.scenario.limit == nil && isCut($0, $1) },
    ]

    private static func isCut(_ world: World, _ record: RunRecord) -> Bool {
        record.source.datagrams < UInt64(world.excerpt.count * record.scenario.loop)
    }

    private static let clients: [WorldFact] =
        ClientPreset.allCases.map { preset in
            WorldFact(.client, preset.name) { $0.preset == preset && $1.packets.sent > 0 }
        } + [
            WorldFact(.client, "any other") { $0.preset == nil && $1.packets.sent > 0 }
        ] + [PacketCodec.binary, .protocolBuffers, .messagePack, .json].map { codec in
            WorldFact(.client, "codec \(codec)") { $1.scenario.client.codec == codec && $1.packets.delivered > 0 }
        }

    private static let profiles: [WorldFact] = NetworkProfile.all.map { profile in
        WorldFact(.profile, profile.name) { $0.profile == profile.name && !$1.networkEffects.isEmpty }
    }

    private static let mitigations: [WorldFact] = [
        WorldFact(.mitigation, "second copies sent") { $1.client.copies.sent > 0 },
        WorldFact(.mitigation, "long events alone in a packet") { $1.client.largePackets.packets > 0 },
        WorldFact(.mitigation, "second copies skipped") { $1.client.copies.skipped > 0 },
        WorldFact(.mitigation, "retransmitted") { $1.repair.counts.packets > 0 },
        WorldFact(.mitigation, "repaired by retransmission") { $1.packets.repaired > 0 },
        WorldFact(.mitigation, "time-outs of critical packets") { $1.repair.counts.timeouts > 0 },
        WorldFact(.mitigation, "asked for in vain") { $1.repair.counts.unanswerable > 0 },
        WorldFact(.mitigation, "acknowledgements delivered") { $1.repair.acknowledgements.delivered > 0 },
        WorldFact(.mitigation, "parity sent") { $1.costs.parity.packets > 0 },
        WorldFact(.mitigation, "recovered from parity") { $1.packets.rebuilt > 0 },
        WorldFact(.mitigation, "running totals sent") { $1.costs.runningTotals.bytes > 0 },
        WorldFact(.mitigation, "recovered by running totals") { $1.runningTotals.recovered.total > 0 },
        WorldFact(.mitigation, "breaker opened") { $1.client.transitionCount > 0 },
        WorldFact(.mitigation, "added up") { $1.scenario.client.aggregation != nil && $1.ledger.contentAdjustment != 0 },
        WorldFact(.mitigation, "adaptive batches") { $1.scenario.client.minimumBatchSize != nil && $1.packets.sent > 1 },
    ]

    /// All named losses that can occur in a world. The others cannot occur: the driver offers nothing to a closed client, the
    /// receiver can decode every packet of the client, runs with a text format have no sequence numbers by which to judge, and no
    /// world forks.
    private static let losses: [WorldFact] = LossCause.allCases.filter { !neverInWorlds.contains($0) }.map { cause in
        WorldFact(.loss, cause.name) { $1.ledger[cause].counts.total > 0 }
    } + [
        WorldFact(.loss, "limit of a pattern held") { patternLimits($1).contains { $0.lost > 0 && $0.holds } },
        WorldFact(.loss, "limit of a pattern broken") { patternLimits($1).contains { !$0.holds } },
    ]

    private static func patternLimits(_ record: RunRecord) -> [LossMeasure] {
        record.scenario.lossLimits.patterns.isEmpty ? [] : Judgement(record).losses.filter { $0.metrics > 0 }
    }

    private static let neverInWorlds: [LossCause] = [
        .clientClosed, .clientForked, .undecodable, .notInFormat, .reservedByte,
    ]
}
