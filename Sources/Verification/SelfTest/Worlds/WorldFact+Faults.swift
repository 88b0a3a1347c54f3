import NetworkEmulator
import ReplayEngine
import StatsBuffers
import StatsModel
import StatsPipeline

/// The kinds of fault that Sources/FAULTS.md defines.
extension WorldFact {
    static let faults: [WorldFact] =
        [
            failure("refuse") { $0 == .refuse }, failure("unreachable") { $0 == .unreachable }, failure("stall") { $0 == .stall },
            failure("buffers") { $0 == .buffers }, failure("blackhole") { $0 == .blackhole },
            failure("slow") { if case .slow = $0 { true } else { false } },
            failure("burst") { if case .burst = $0 { true } else { false } },
            WorldFact(.fault, "restart") { $1.restarts.receiver > 0 },
            WorldFact(.fault, "restart that takes its time") { _, record in
                let failures = record.scenario.impairments.failures
                return anyAffected(record, failures.indices) { failures[$0].kind == .restart }
            },
            WorldFact(.fault, "client-restart") { $1.restarts.client > 0 },
            WorldFact(.fault, "mtu: fragments") { $1.networkEffects.fragmented > 0 }, rule("mtu: emsgsize", .mtu), rule("drop", .drop),
            WorldFact(.fault, "bandwidth: queue of packets") { isQueueFull($1) { if case .packets = $0 { true } else { false } } },
            WorldFact(.fault, "bandwidth: queue of bytes") { isQueueFull($1) { if case .bytes = $0 { true } else { false } } },
            loss("loss: random") { if case .random(_, let correlation) = $0 { correlation.isZero } else { false } },
            loss("loss: correlated") { if case .random(_, let correlation) = $0 { !correlation.isZero } else { false } },
            loss("loss: gemodel") { if case .gemodel = $0 { true } else { false } },
            loss("loss: state") { if case .state = $0 { true } else { false } },
            WorldFact(.fault, "loss-burst-max") { $1.networkEffects.letThrough > 0 },
            WorldFact(.fault, "only") { $1.networkEffects.spared > 0 }, rule("duplicate", .duplicate),
        ] + Corruption.Kind.allCases.map(corruption) + [rule("delay", .delay)]
        + DelayDistribution.allCases.map { distribution in
            WorldFact(.fault, "jitter: \(distribution.rawValue)") {
                $1.scenario.impairments.distribution == distribution && $1.networkEffects.jittered > 0
            }
        } + [
            rule("reorder", .reorder),
            WorldFact(.fault, "reorder: gap") { $1.scenario.impairments.gap > 1 && hasAffected($1, .reorder) },
            WorldFact(.fault, "packets in flight: limit") { $1.networkEffects.overflowed > 0 },
            WorldFact(.fault, "in flight beyond the receiver's window") { $1.gaps.outsideWindow + $1.duplicates.outsideWindow > 0 },
            WorldFact(.fault, "no-return-path") {
                !$1.scenario.impairments.hasReturnPath && $1.scenario.client.activeReliability != nil && $1.packets.delivered > 0
            },
            WorldFact(.fault, "return path: any fault") { !$1.returnPathEffects.isEmpty },
            WorldFact(.fault, "return path: answers lost") { $1.repair.acknowledgements.dropped > 0 },
            WorldFact(.fault, "return path: answers damaged") { $1.repair.acknowledgements.corrupted > 0 },
            WorldFact(.fault, "return path: answers doubled") { $1.repair.acknowledgements.duplicated > 0 },
        ]

    private static func anyAffected(_ record: RunRecord, _ rules: Range<Int>, _ isMeant: (Int) -> Bool) -> Bool {
        rules.contains { record.networkEffects.affected.indices.contains($0) && record.networkEffects.affected[$0] > 0 && isMeant($0) }
    }

    private static func failure(_ name: String, _ isMeant: @escaping @Sendable (DownstreamFault.Kind) -> Bool) -> WorldFact {
        WorldFact(.fault, name) { _, record in
            let failures = record.scenario.impairments.failures
            return anyAffected(record, failures.indices) { isMeant(failures[$0].kind) }
        }
    }

    private static func hasAffected(_ record: RunRecord, _ kind: FaultRule.Kind) -> Bool {
        let rules = record.scenario.impairments.rules
        return anyAffected(record, rules.indices) { rules[$0].kind == kind }
    }

    private static func rule(_ name: String, _ kind: FaultRule.Kind) -> WorldFact {
        WorldFact(.fault, name) { hasAffected($1, kind) }
    }

    private static func isQueueFull(_ record: RunRecord, _ isMeant: (Bottleneck.Queue) -> Bool) -> Bool {
        guard let bottleneck = record.scenario.impairments.bottleneck, isMeant(bottleneck.queue) else { return false }
        return hasAffected(record, .bandwidth)
    }

    private static func loss(_ name: String, _ isMeant: @escaping @Sendable (LossModel) -> Bool) -> WorldFact {
        WorldFact(.fault, name) { _, record in
            let network = record.scenario.impairments
            let first = network.rules.firstIndex { $0.kind == .loss } ?? 0
            return anyAffected(record, first..<first + network.losses.count) { isMeant(network.losses[$0 - first]) }
        }
    }

    private static func corruption(_ kind: Corruption.Kind) -> WorldFact {
        WorldFact(.fault, "corrupt: \(kind.rawValue)") { _, record in
            let network = record.scenario.impairments
            let first = network.rules.firstIndex { $0.kind == .corrupt } ?? 0
            return anyAffected(record, first..<first + network.corruptions.count) { network.corruptions[$0 - first].kind == kind }
        }
    }
}
