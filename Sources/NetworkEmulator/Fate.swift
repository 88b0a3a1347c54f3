package import StatsModel

/// What the emulator decided for one datagram: the truth that detectors are scored against.
package struct Fate: Equatable, Sendable {
    /// Why no copy of it will arrive at all; nil when at least one will.
    package var dropped: LossCause?
    /// Copies that will arrive unharmed, and copies that will arrive damaged.
    package var intactCopies: Int
    package var corruptedCopies: Int
    /// Whether a second copy was made.
    package var isDuplicated: Bool
    /// Which rule lost it, or damaged its first copy: an index into ``Impairments/rules``; nil where no rule did.
    package var rule: Int?
    /// Whether the sender learns of it: the send failed.
    package var isSendFailed = false

    package init(
        dropped: LossCause?, intactCopies: Int, corruptedCopies: Int, isDuplicated: Bool, rule: Int? = nil
    ) {
        self.dropped = dropped
        self.intactCopies = intactCopies
        self.corruptedCopies = corruptedCopies
        self.isDuplicated = isDuplicated
        self.rule = rule
    }
}
