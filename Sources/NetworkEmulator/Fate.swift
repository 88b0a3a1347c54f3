public import StatsModel

/// What the emulator decided for one datagram: the truth that detectors are scored against.
public struct Fate: Equatable, Sendable {
    /// Why no copy of it will arrive at all; nil when at least one will.
    public var dropped: LossCause?
    /// Copies that will arrive unharmed, and copies that will arrive damaged.
    public var intactCopies: Int
    public var corruptedCopies: Int
    /// Whether a second copy was made.
    public var isDuplicated: Bool
    /// Which rule lost it, or damaged its first copy: an index into ``Impairments/rules``; nil where no rule did.
    public var rule: Int?
    /// Whether the sender learns of it: the send failed.
    public var isSendFailed = false

    public init(
        dropped: LossCause?, intactCopies: Int, corruptedCopies: Int, isDuplicated: Bool, rule: Int? = nil
    ) {
        self.dropped = dropped
        self.intactCopies = intactCopies
        self.corruptedCopies = corruptedCopies
        self.isDuplicated = isDuplicated
        self.rule = rule
    }
}
