/// What one round of ``MemoryProbe`` is asked.
package struct MemoryQuestion: Sendable, Equatable {
    package let events: Int
    package let isDefault: Bool

    package init(events: Int, isDefault: Bool) {
        self.events = events
        self.isDefault = isDefault
    }
}
