public import StatsModel

/// What happens to each send while a downstream fails by its schedule: a machine in virtual time.
///
/// Of several failures at once the first in the order given decides; delays add up. A refusal by ICMP arrives behind the
/// packet it is about, so it fails the next send, whenever that comes, and that packet is not sent either (Linux reports a
/// pending error of a connected UDP socket once, in place of sending).
public struct DownstreamSchedule: Sendable {
    /// What became of one send.
    public enum Answer: Equatable, Sendable {
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

    public init(_ faults: [DownstreamFault]) { self.faults = faults }

    /// One send at this instant. O(faults).
    public mutating func handleSend(at time: Instant) -> Answer {
        if let refusal = pendingRefusal {
            pendingRefusal = nil
            return .failed(fault: refusal)
        }
        var delay = Nanoseconds.zero
        for (index, fault) in faults.enumerated() where fault.isActive(at: time) {
            switch fault.kind {
            case .refuse, .restart:
                pendingRefusal = index
                return .lost(fault: index)
            case .blackhole: return .lost(fault: index)
            case .unreachable, .stall, .buffers: return .failed(fault: index)
            case .slow(let extra): delay = delay + extra
            // Its time has no length.
            case .clientRestart: continue
            }
        }
        return .taken(delay: delay)
    }

    /// The sender's socket is gone, and with it the error that waited there.
    public mutating func handleClientRestart() { pendingRefusal = nil }
}
