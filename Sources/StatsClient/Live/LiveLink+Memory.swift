import StatsPipeline
import StatsWire

/// The memory layout of a link, and its size.
extension LiveLink {
    /// Bytes of one place, which fits every packet except those with a single event that is longer than a normal packet.
    static func stride(_ pipeline: ClientConfiguration) -> Int {
        max(pipeline.maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount)
    }

    /// Bytes of one half: 32 places, and room for one longer packet after them if there may be one.
    static func halfByteCount(_ pipeline: ClientConfiguration) -> Int {
        let places = LiveWorker.batchLimit * stride(pipeline)
        return pipeline.largestPacketSize > stride(pipeline) ? places + pipeline.largestPacketSize : places
    }

    /// Bytes that a link allocates for this client's packets.
    static func memory(_ pipeline: ClientConfiguration) -> Int {
        // Besides its bytes, each place takes its packet's description, and its length and address for the kernel.
        2 * (halfByteCount(pipeline) + LiveWorker.batchLimit * (MemoryLayout<OutgoingPacket>.stride + 64)) + 512 + answerLength
    }
}
