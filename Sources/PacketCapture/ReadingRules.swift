/// How a reader treats datagrams that a capture may show more than once, and datagrams with wrong checksums.
///
/// The rules themselves are in ``DuplicateRule`` and RFC 1122 (3.2.1.2, 4.1.3.4).
package struct ReadingRules: Sendable, Equatable {
    /// How duplicates are counted. A datagram seen again from another vantage point is a proven duplicate capture. A datagram
    /// seen again from the same vantage point is unproven: it may have been sent twice, or duplicated by the network.
    package enum Duplicates: String, Sendable, CaseIterable {
        /// Proven and unproven duplicates are counted once.
        case merge
        /// Every datagram counts as often as the capture shows it.
        case keep
        /// Proven duplicates are counted once. Unproven ones are kept, and the user has to decide: a run with any is not
        /// verified.
        case ask
    }

    /// How wrong checksums are treated.
    package enum Checksums: String, Sendable, CaseIterable {
        /// Datagrams that no receiver accepts are left out.
        case verify
        /// Wrong checksums are counted, and the datagrams are read.
        case ignore
    }

    /// How datagrams are treated that may be duplicate captures.
    package var duplicates = Duplicates.ask
    /// How datagrams with wrong checksums are treated.
    package var checksums = Checksums.verify

    package init() {}

    /// Asks about unproven duplicates, and leaves out datagrams with wrong checksums.
    package static let standard = ReadingRules()
}
