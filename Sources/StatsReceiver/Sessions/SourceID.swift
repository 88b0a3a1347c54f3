/// The sender of a datagram, as a number that the caller chooses (a table index, a hash of address and port).
package struct SourceID: Hashable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
