/// The data packets that are sent a second time.
///
/// The copy carries the same number, so a receiver counts each packet once, whichever copy arrives.
public enum Redundancy: CaseIterable, Sendable {
    /// No packet.
    case none
    /// Packets that hold an event of critical priority.
    case critical
    /// Every data packet.
    case all

    /// The name in configuration files.
    public var name: String {
        switch self {
        case .none: "none"
        case .critical: "critical"
        case .all: "all"
        }
    }
}
