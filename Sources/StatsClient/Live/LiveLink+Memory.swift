import StatsPipeline
import StatsWire

/// How a link's bytes are laid out, and what it costs.
extension LiveLink {
    /// Bytes of one place: of every packet but those of one event that is longer than others.
    static func stride(_ pipeline: ClientConfiguration) -> Int {
        max(pipeline.maximumPacketSize, PacketHeader.byteCount + TotalsReport.byteCount)
    }

    /// Bytes of one half: 32 places, and where a packet may be longer than a place room for one such behind them.
    static func halfByteCount(_ pipeline: ClientConfiguration) -> Int {
        let places = LiveWorker.batchLimit * stride(pipeline)
        return pipeline.largestPacketSize > stride(pipeline) ? places + pipeline.largestPacketSize : places
    }

    /// Bytes a link allocates for this client's packets.
    static func memory(_ pipeline: ClientConfiguration) -> Int {
        // Beside the bytes of each place: its packet, and its length and address for the kernel.
        2 * (halfByteCount(pipeline) + LiveWorker.batchLimit * (MemoryLayout<OutgoingPacket>.stride + 64)) + 512 + answerLength
    }
}
