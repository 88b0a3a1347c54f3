import PacketCapture
import StatsModel
import StatsWire

/// The lines and records of a capture that are no events: how many, and the first of them.
struct MalformedLines {
    /// Lines that are shown; all are counted.
    static let exampleLimit = 20

    private(set) var total: UInt64 = 0
    private(set) var examples: [InspectionResult.MalformedExample] = []

    /// Takes one, which stands at `range` in the datagram.
    mutating func record(
        _ reason: MalformedReason, _ range: ByteRange, _ bytes: Span<UInt8>, _ datagram: CapturedDatagram
    ) {
        total += 1
        guard examples.count < Self.exampleLimit else { return }
        examples.append(
            InspectionResult.MalformedExample(
                packet: datagram.packetNumber, source: datagram.source.description, reason: reason.name,
                excerpt: ByteExcerpt.text(bytes, range)))
    }
}
