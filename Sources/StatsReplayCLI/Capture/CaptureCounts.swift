import StatsModel
import StatsWire

/// What stands in the datagrams of a running capture, by type.
struct CaptureCounts: Equatable {
    var events = TypeCounts()
    /// Lines and records that are no event.
    var malformed: UInt64 = 0
    /// Packets of this project's own format, and those among them whose checksum or header is broken.
    var sequenced: UInt64 = 0
    var damaged: UInt64 = 0

    /// "counter 12, timing 3"; types without events are left out.
    var byType: String {
        MetricType.allCases.filter { events[$0] > 0 }.map { "\($0.name) \(events[$0])" }.joined(separator: ", ")
    }
}
