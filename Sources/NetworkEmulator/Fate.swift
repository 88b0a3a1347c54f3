package import StatsModel

/// The emulator's decision on one datagram. Detectors are scored against it.
package struct Fate: Equatable, Sendable {
    /// Why no copy arrives; nil if at least one does.
    package var dropped: LossCause?
    /// Copies that will arrive undamaged.
    package var intactCopies: Int
    /// Copies that will arrive damaged.
    package var corruptedCopies: Int
    /// Whether a second copy was made.
    package var isDuplicated: Bool
    /// The rule that dropped it, or damaged its first copy: an index into ``Impairments/rules``; nil if no rule did.
    package var rule: Int?
    /// Whether the send failed, so that the sender knows of the loss.
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
