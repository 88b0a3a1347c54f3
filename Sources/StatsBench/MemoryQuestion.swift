/// The input of one round of ``MemoryProbe``.
package struct MemoryQuestion: Sendable, Equatable {
    /// Events to record.
    package let events: Int
    /// Whether the client has its default ring.
    package let isDefault: Bool

    package init(events: Int, isDefault: Bool) {
        self.events = events
        self.isDefault = isDefault
    }
}
