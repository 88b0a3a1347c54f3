package import StatsModel

/// A machine in virtual time that decides the outcome of each send under the scheduled failures.
///
/// If several failures are active, the first in the order given decides, and delays add up. An ICMP refusal arrives after the
/// packet that caused it. So it makes the next send fail, whenever that comes, and that next packet is not sent either. (Linux
/// reports the pending error of a connected UDP socket once, instead of sending.)
package struct DownstreamSchedule: Sendable {
    /// The outcome of one send.
    package enum Answer: Equatable, Sendable {
        /// The packet goes to the network after `delay`.
        case taken(delay: Nanoseconds)
        /// The system accepted the packet, and it is lost; `fault` counts from 0.
        case lost(fault: Int)
        /// The send failed, and the sender knows it.
        case failed(fault: Int)
    }

    private let faults: [DownstreamFault]
    /// The failure whose refusal makes the next send fail.
    private var pendingRefusal: Int?
    /// For each failure that is a burst: its latest beginning, and the packets it has dropped since.
    private var bursts: [(beginning: UInt64, taken: Int)]

    package init(_ faults: [DownstreamFault]) {
        self.faults = faults
        bursts = faults.map { _ in (0, 0) }
    }

    /// Decides one send at `time`. O(faults).
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
            // These happen at an instant, or are counted in packets.
            case .clientRestart, .burst: continue
            }
        }
        return .taken(delay: delay)
    }

    /// Whether the burst of this failure drops the current packet.
    private mutating func takes(_ index: Int, _ packets: Int, at time: Instant) -> Bool {
        let beginning = faults[index].beginnings(by: time)
        if beginning == 0 { return false }
        if bursts[index].beginning != beginning { bursts[index] = (beginning, 0) }
        if bursts[index].taken == packets { return false }
        bursts[index].taken += 1
        return true
    }

    /// The sender's socket is closed, so its pending error is gone.
    package mutating func handleClientRestart() { pendingRefusal = nil }
}
