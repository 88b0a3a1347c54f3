import StatsModel

/// Reads the statements of metrics behind the report of a heartbeat or closing packet, one after the other.
///
/// | offset behind the report | bytes | field |
/// |---|---|---|
/// | 0 | 1 | version: 1 |
/// | 1 | 1 | zero; a reader passes over it |
/// | 2 | 2 | how many statements follow |
/// | 4 | | the statements (``MetricStatement``) |
public struct StatementReader: Sendable {
    public enum Step: Equatable, Sendable {
        case statement(MetricStatement)
        /// Passed over; the next call goes on behind it where that is possible.
        case malformed(StatementFault)
        case end
    }

    static let version: UInt8 = 1
    public static let start = PacketHeader.byteCount + TotalsReport.byteCount
    static let headCount = 4

    private let sequence: UInt64
    private let end: Int
    private var position = start + headCount
    private var left: Int
    /// What is wrong with all of it, told once.
    private var fault: StatementFault?

    /// Of a verified packet. One of another kind, or that ends with its report, has no statements. O(1).
    public init(_ bytes: Span<UInt8>, header: PacketHeader) {
        sequence = header.sequence
        end = bytes.count
        left = 0
        guard header.kind == .heartbeat || header.kind == .closing, bytes.count > Self.start else { return }
        if bytes.count < Self.start + Self.headCount {
            fault = .truncated
        } else if bytes[Self.start] != Self.version {
            fault = .unknownVersion
        } else {
            left = Int(bytes.little(Self.start + 2, as: UInt16.self))
        }
    }

    /// The next statement; its ranges are into the packet's bytes, which are those the reader was made with. O(1).
    public mutating func next(_ bytes: Span<UInt8>) -> Step {
        if let fault {
            self.fault = nil
            return .malformed(fault)
        }
        guard left > 0 else { return .end }
        left -= 1
        switch MetricStatement.read(bytes, at: position, end: end, sequence: sequence) {
        case .statement(let statement, let next):
            position = next
            return .statement(statement)
        case .malformed(let fault, let next):
            position = next
            return .malformed(fault)
        case .lost(let fault):
            left = 0
            return .malformed(fault)
        }
    }
}
