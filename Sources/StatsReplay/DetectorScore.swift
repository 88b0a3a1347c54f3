/// What a detector found, held against what was injected, as sets.
public struct DetectorScore: Sendable, Equatable {
    public var injected: UInt64 = 0
    /// Injected and found.
    public var found: UInt64 = 0
    /// Found although nothing was injected there.
    public var falseAlarms: UInt64 = 0

    public init() {}

    /// Injected and not found.
    public var missed: UInt64 { injected - found }
    public var isPerfect: Bool { missed == 0 && falseAlarms == 0 }
}
