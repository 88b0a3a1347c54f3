import StatsModel

/// Reads the running totals after the report of a heartbeat or closing packet, one after the other.
///
/// | offset behind the report | bytes | field |
/// |---|---|---|
/// | 0 | 1 | version: 1 |
/// | 1 | 1 | zero; a reader ignores it |
/// | 2 | 2 | the number of running totals |
/// | 4 | | the running totals (``RunningTotal``) |
package struct RunningTotalReader: Sendable {
    package enum Step: Equatable, Sendable {
        case runningTotal(RunningTotal)
        /// An invalid running total. The next call continues after it if that is possible.
        case malformed(RunningTotalFault)
        case end
    }

    static let version: UInt8 = 1
    package static let start = PacketHeader.byteCount + TotalsReport.byteCount
    static let headCount = 4

    private let sequence: UInt64
    private let end: Int
    private var position = start + headCount
    private var left: Int
    /// A fault of all running totals, which is returned once.
    private var fault: RunningTotalFault?

    /// Begins a verified packet. A packet of another kind, or without bytes after its report, has no running totals. O(1).
    package init(_ bytes: Span<UInt8>, header: PacketHeader) {
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

    /// The next running total. Pass the bytes that the reader was created with; ranges refer to them. O(1).
    package mutating func next(_ bytes: Span<UInt8>) -> Step {
        if let fault {
            self.fault = nil
            return .malformed(fault)
        }
        guard left > 0 else { return .end }
        left -= 1
        switch RunningTotal.read(bytes, at: position, end: end, sequence: sequence) {
        case .runningTotal(let runningTotal, let next):
            position = next
            return .runningTotal(runningTotal)
        case .malformed(let fault, let next):
            position = next
            return .malformed(fault)
        case .lost(let fault):
            left = 0
            return .malformed(fault)
        }
    }
}
