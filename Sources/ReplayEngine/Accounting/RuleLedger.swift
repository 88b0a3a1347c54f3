package import NetworkEmulator
package import StatsModel

/// The losses that one rule caused: data packets without an intact copy, and their events. For a restart of a client, the events
/// that waited in the client.
package struct RuleLoss: Sendable, Equatable {
    package let rule: FaultRule
    package var packets: UInt64
    package var events: TypeCounts

    package init(rule: FaultRule, packets: UInt64, events: TypeCounts) {
        self.rule = rule
        self.packets = packets
        self.events = events
    }
}

/// Losses by rule. The ledger has the same losses by cause.
struct RuleLedger {
    private var entries: [RuleLoss]

    init(_ rules: [FaultRule]) {
        entries = rules.map { RuleLoss(rule: $0, packets: 0, events: TypeCounts()) }
    }

    /// Records a data packet with these events that the rule caused to be lost.
    mutating func record(_ rule: Int, _ events: TypeCounts) {
        entries[rule].packets += 1
        entries[rule].events += events
    }

    /// Records events in no packet that the rule caused to be lost.
    mutating func recordEvents(_ rule: Int, _ events: TypeCounts) { entries[rule].events += events }

    var losses: [RuleLoss] { entries.filter { $0.packets > 0 || $0.events.total > 0 } }
}
