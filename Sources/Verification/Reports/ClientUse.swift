package import ReplayEngine
import StatsModel
import StatsPipeline

/// The client's part in a run: its traffic, its buffer and memory, and the effect of each of its mitigations.
package struct ClientUse: Sendable {
    /// A part of the client that is shown only if the configuration switches it on, or if it did anything.
    enum Part: CaseIterable, Sendable {
        case largePackets, copies, retransmission, runningTotals, parity, breaker, memory
    }

    /// Bytes, buffer, breaker and memory as the client counted them.
    package let counts: ClientFacts
    /// The capacity of the buffer in events.
    let bufferCapacity: Int
    /// The limit of the client's memory in bytes. nil if it has none.
    let memoryLimit: Int?
    /// Data packets that arrived only because they were retransmitted.
    let repairedPackets: UInt64
    let repair: RepairFacts
    /// Data packets that the receiver recovered from parity.
    let rebuiltPackets: UInt64
    let parity: ParityFacts
    let runningTotals: RunningTotalFacts
    let costs: MitigationCosts
    /// The parts that are shown.
    let parts: Set<Part>

    init(_ record: RunRecord) {
        let configuration = record.scenario.client
        counts = record.client
        bufferCapacity = configuration.bufferCapacity
        memoryLimit = configuration.memoryLimit
        repairedPackets = record.packets.repaired
        repair = record.repair
        rebuiltPackets = record.packets.rebuilt
        parity = record.parity
        runningTotals = record.runningTotals
        costs = record.costs
        parts = Set(
            Part.allCases.filter { part in
                switch part {
                case .largePackets: record.client.largePackets.packets > 0
                case .copies: configuration.redundancy != .none
                case .retransmission: configuration.activeReliability != nil
                case .runningTotals: record.runningTotals.counts.packets > 0
                case .parity: configuration.activeParity != nil
                case .breaker: configuration.breaker != nil
                case .memory: record.client.memoryPeak != nil
                }
            })
    }

    /// Whether the configuration sends any packet or record more than once.
    var sendsMoreThanOnce: Bool { !parts.isDisjoint(with: [.copies, .retransmission, .parity]) }
}
