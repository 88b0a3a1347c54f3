import PacketCapture
import StatsModel
import StatsWire

/// The lines and records of a capture that could not be decoded: their number, and the first of them.
struct MalformedLines {
    /// The number of lines that are shown. All are counted.
    static let exampleLimit = 20

    private(set) var total: UInt64 = 0
    private(set) var examples: [InspectionResult.MalformedExample] = []

    /// Records a malformed line or record at `range` of the datagram.
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
