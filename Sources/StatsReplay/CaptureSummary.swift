import Foundation
import PacketCapture
import ReplayEngine
public import StatsModel
import Verification

/// The contents of a capture file, and whether it makes a fixture. `statsreplay inspect` shows more details.
public struct CaptureSummary: Sendable {
    private let reference: Reference<InspectionResult>
    private var result: InspectionResult { reference.value }

    /// Reads the whole file, or as much of it as can be read. If reading ends early, ``problems`` names the error.
    ///
    /// - Parameter ports: the destination ports whose datagrams are examined
    ///
    /// Throws ``ReplayError`` if the file is missing or no capture. O(file). Memory is bounded.
    public init(inspecting path: String, ports: [UInt16] = [8125]) throws(ReplayError) {
        let (result, failure) = CaptureInspection.inspect(path, ports: PortSet(ports.map { $0...$0 }))
        // Without a format, not even the beginning of the file could be read.
        if let failure, result.format.isEmpty { throw ReplayError(failure) }
        reference = Reference(result)
    }

    /// Whether a run of the capture reproduces the recorded traffic: no event is missing, doubtful or undeliverable.
    public var isFit: Bool { result.fit }
    /// The reasons why it is not fit, one sentence each.
    public var problems: [String] { result.problemFacts.map(\.sentence) + (result.error.map { [$0] } ?? []) }
    /// Packets of any kind in the file.
    public var packets: UInt64 { result.packets }
    /// Datagrams to the requested ports.
    public var datagrams: UInt64 { result.datagrams }
    /// Events of all types.
    public var events: UInt64 { result.eventsTotal }
    /// The number of metrics that differ in type, name or tags.
    public var distinctMetrics: UInt64 { result.distinctMetrics }
    /// Lines and records that could not be decoded.
    public var malformedLines: UInt64 { result.malformedLines.total }

    /// Events of one type.
    public func events(_ type: MetricType) -> UInt64 { result.events[type.name] ?? 0 }
}
