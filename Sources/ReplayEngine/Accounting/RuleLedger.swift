package import NetworkEmulator
package import StatsModel

/// What one rule took for good: data packets of which nothing intact arrived, and their events; of a client's restart, the
/// events that waited in the client.
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

/// Losses by rule, beside the ledger's by cause.
struct RuleLedger {
    private var entries: [RuleLoss]

    init(_ rules: [FaultRule]) {
        entries = rules.map { RuleLoss(rule: $0, packets: 0, events: TypeCounts()) }
    }

    /// The rule at this index took a data packet with these events.
    mutating func record(_ rule: Int, _ events: TypeCounts) {
        entries[rule].packets += 1
        entries[rule].events += events
    }

    /// The rule took these events, which stood in no packet.
    mutating func recordEvents(_ rule: Int, _ events: TypeCounts) { entries[rule].events += events }

    var losses: [RuleLoss] { entries.filter { $0.packets > 0 || $0.events.total > 0 } }
}
