package import StatsModel

/// Why a capture ended.
package enum StopReason: Equatable, Sendable {
    case signal(Int32)
    case duration, packets, size
    /// The interface went down, or is gone.
    case interfaceDown, interfaceGone
    /// The output could not be written any further.
    case outputFailed
}

/// The limits of a capture. The first limit that is reached ends it.
package struct CaptureBounds: Sendable, Equatable {
    /// The time that the capture may take; nil for no limit.
    package var duration: Nanoseconds?
    /// The packets to capture; nil for no limit.
    package var packets: UInt64?
    /// The size of all files together.
    package var size: ByteCount?

    package init(duration: Nanoseconds? = nil, packets: UInt64? = nil, size: ByteCount? = nil) {
        self.duration = duration
        self.packets = packets
        self.size = size
    }

    /// Why the next packet may not be written; nil where it may. The first packet may always be written, whatever its size.
    ///
    /// - Parameters:
    ///   - written: packets and bytes of all files so far
    ///   - adding: the bytes of the next record, and of the trailer after the last record
    package func refusal(packets written: UInt64, bytes: UInt64, adding: Int) -> StopReason? {
        if let packets, written >= packets { return .packets }
        if let size, written > 0, bytes + UInt64(adding) > UInt64(size.bytes) { return .size }
        return nil
    }
}
