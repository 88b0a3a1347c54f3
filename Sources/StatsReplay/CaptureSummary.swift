import Foundation
import PacketCapture
import ReplayEngine
public import StatsModel

/// What a capture file holds, and whether it makes a fixture. `statsreplay inspect` shows more of it.
public struct CaptureSummary: Sendable {
    private let result: InspectionResult

    /// Reads the whole file, or as much of it as can be read: what is wrong then stands in ``problems``.
    ///
    /// - Parameter ports: destination ports whose datagrams are looked at
    ///
    /// Throws ``ReplayError`` where the file is missing or no capture. O(file); memory is bounded.
    public init(inspecting path: String, ports: [UInt16] = [8125]) throws(ReplayError) {
        let (result, failure) = CaptureInspection.inspect(path, ports: PortSet(ports.map { $0...$0 }))
        // Without a format not even the beginning of the file could be read.
        if let failure, result.format.isEmpty { throw ReplayError(failure) }
        self.result = result
    }

    /// Whether a run of the capture says what was said when it was recorded: nothing is missing, doubtful or undeliverable.
    public var isFit: Bool { result.fit }
    /// Why it is not fit, in a sentence each.
    public var problems: [String] { result.problems + (result.error.map { [$0] } ?? []) }
    /// Packets of the file, of whatever kind.
    public var packets: UInt64 { result.packets }
    /// Datagrams to the ports.
    public var datagrams: UInt64 { result.datagrams }
    public var events: UInt64 { result.eventsTotal }
    /// Metrics that differ in type, name or tags.
    public var distinctMetrics: UInt64 { result.distinctMetrics }
    /// Lines and records that are no events.
    public var malformedLines: UInt64 { result.malformedLines.total }

    /// Events of one type.
    public func events(_ type: MetricType) -> UInt64 { result.events[type.name] ?? 0 }
}
