import StatsModel
import StatsWire

/// The events in the datagrams of a running capture, by type.
struct CaptureCounts: Equatable {
    var events = TypeCounts()
    /// Lines and records that are no valid event.
    var malformed: UInt64 = 0
    /// Packets in this project's own format.
    var sequenced: UInt64 = 0
    /// The ``sequenced`` packets with a wrong checksum or a broken header.
    var damaged: UInt64 = 0

    /// "counter 12, timing 3"; types without events are left out.
    var byType: String {
        MetricType.allCases.filter { events[$0] > 0 }.map { "\($0.name) \(events[$0])" }.joined(separator: ", ")
    }
}
