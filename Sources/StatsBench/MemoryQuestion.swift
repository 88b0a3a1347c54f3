/// What one round of ``MemoryProbe`` is asked.
public struct MemoryQuestion: Sendable, Equatable {
    public let events: Int
    public let isDefault: Bool

    public init(events: Int, isDefault: Bool) {
        self.events = events
        self.isDefault = isDefault
    }
}
