package import StatsModel

/// What happens to each send while a downstream fails by its schedule: a machine in virtual time.
///
/// Of several failures at once the first in the order given decides; delays add up. A refusal by ICMP arrives behind the
/// packet it is about, so it fails the next send, whenever that comes, and that packet is not sent either (Linux reports a
/// pending error of a connected UDP socket once, in place of sending).
package struct DownstreamSchedule: Sendable {
    /// What became of one send.
    package enum Answer: Equatable, Sendable {
        /// It goes to the network, so much later.
        case taken(delay: Nanoseconds)
        /// The system took it, and it is lost; `fault` counts from 0.
        case lost(fault: Int)
        /// The send failed, and the sender knows.
        case failed(fault: Int)
    }

    private let faults: [DownstreamFault]
    /// The refusal that the next send will be told of.
    private var pendingRefusal: Int?
    /// Of bursts, by failure: the beginning last met, and how many packets it has taken.
    private var bursts: [(beginning: UInt64, taken: Int)]

    package init(_ faults: [DownstreamFault]) {
        self.faults = faults
        bursts = faults.map { _ in (0, 0) }
    }

    /// One send at this instant. O(faults).
    package mutating func handleSend(at time: Instant) -> Answer {
        if let refusal = pendingRefusal {
            pendingRefusal = nil
            return .failed(fault: refusal)
        }
        var delay = Nanoseconds.zero
        for (index, fault) in faults.enumerated() {
            if case .burst(let packets) = fault.kind, takes(index, packets, at: time) { return .lost(fault: index) }
            guard fault.isActive(at: time) else { continue }
            switch fault.kind {
            case .refuse, .restart:
                pendingRefusal = index
                return .lost(fault: index)
            case .blackhole: return .lost(fault: index)
            case .unreachable, .stall, .buffers: return .failed(fault: index)
            case .slow(let extra): delay = delay + extra
            // Their time has no length.
            case .clientRestart, .burst: continue
            }
        }
        return .taken(delay: delay)
    }

    /// Whether the burst of this failure takes the packet sent now.
    private mutating func takes(_ index: Int, _ packets: Int, at time: Instant) -> Bool {
        let beginning = faults[index].beginnings(by: time)
        if beginning == 0 { return false }
        if bursts[index].beginning != beginning { bursts[index] = (beginning, 0) }
        if bursts[index].taken == packets { return false }
        bursts[index].taken += 1
        return true
    }

    /// The sender's socket is gone, and with it the error that waited there.
    package mutating func handleClientRestart() { pendingRefusal = nil }
}
