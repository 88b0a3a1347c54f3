/// Who sent a datagram, as a number the caller chooses (a table index, a hash of address and port).
public struct SourceID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
