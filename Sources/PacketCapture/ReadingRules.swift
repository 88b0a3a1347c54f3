/// What a reader does with datagrams that a capture may show more than once, and with those whose checksums are wrong.
///
/// The rules themselves: ``DuplicateRule`` and RFC 1122 (3.2.1.2, 4.1.3.4).
package struct ReadingRules: Sendable, Equatable {
    /// A datagram that was seen again from another vantage point is proven to be the same; one that came again from the same
    /// vantage point may have been sent, or doubled by a network, twice.
    package enum Duplicates: String, Sendable, CaseIterable {
        /// Proven and unproven ones are counted once.
        case merge
        /// Every datagram counts as often as the capture shows it.
        case keep
        /// Proven ones are counted once. Unproven ones are kept, and somebody has to decide: no run of them is verified.
        case ask
    }

    package enum Checksums: String, Sendable, CaseIterable {
        /// What no receiver accepts is left out.
        case verify
        /// Wrong checksums are counted, and the datagrams read.
        case ignore
    }

    package var duplicates = Duplicates.ask
    package var checksums = Checksums.verify

    package init() {}

    package static let standard = ReadingRules()
}
