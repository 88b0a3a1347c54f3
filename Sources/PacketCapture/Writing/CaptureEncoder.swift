/// Encodes a capture file of either format. This is a pure machine between packets and a buffer.
package struct CaptureEncoder: Sendable {
    private enum Encoder: Sendable {
        case pcap(PcapEncoder)
        case pcapng(PcapngEncoder)
    }

    private let encoder: Encoder

    package init(format: CaptureFormat, description: CaptureDescription) {
        switch format {
        case .pcap: encoder = .pcap(PcapEncoder(description: description))
        case .pcapng: encoder = .pcapng(PcapngEncoder(description: description))
        }
    }

    /// Appends the file header, which comes before the first packet.
    package func appendHeader(to buffer: inout [UInt8]) {
        switch encoder {
        case .pcap(let encoder): encoder.appendHeader(to: &buffer)
        case .pcapng(let encoder): encoder.appendHeader(to: &buffer)
        }
    }

    /// Appends one packet. O(n), no allocation once the buffer is large enough.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970
    ///   - originalCount: the packet's length on the wire
    package func appendPacket(timestamp: Int64, originalCount: UInt32, bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        switch encoder {
        case .pcap(let encoder):
            encoder.appendPacket(timestamp: timestamp, originalCount: originalCount, bytes: bytes, to: &buffer)
        case .pcapng(let encoder):
            encoder.appendPacket(timestamp: timestamp, originalCount: originalCount, bytes: bytes, to: &buffer)
        }
    }

    /// Appends the statistics, which come after the last packet. pcap has none.
    package func appendStatistics(_ statistics: InterfaceStatistics, to buffer: inout [UInt8]) {
        switch encoder {
        case .pcap: break
        case .pcapng(let encoder): encoder.appendStatistics(statistics, to: &buffer)
        }
    }

    /// The bytes that a packet with `byteCount` captured bytes takes in the file.
    package func recordCount(packet byteCount: Int) -> Int {
        switch encoder {
        case .pcap: PcapEncoder.recordHeaderCount + byteCount
        case .pcapng: PcapngEncoder.packetOverheadCount + (byteCount + 3) & ~3
        }
    }

    /// The most bytes that follow the last packet.
    package var trailerCount: Int {
        switch encoder {
        case .pcap: 0
        case .pcapng: PcapngEncoder.statisticsCount
        }
    }

    /// How many bytes of `buffer` are whole records if only its first `limit` bytes were written. `buffer` begins with a whole
    /// record. With this a file on a full disk is cut at a record's end. O(records).
    package func wholeRecords(in buffer: [UInt8], limit: Int) -> (byteCount: Int, records: Int) {
        var end = 0
        var records = 0
        while end < limit {
            let length: Int? =
                switch encoder {
                case .pcap: PcapEncoder.recordCount(at: end, in: buffer)
                case .pcapng: PcapngEncoder.recordCount(at: end, in: buffer)
                }
            guard let length, length > 0, end + length <= limit else { break }
            end += length
            records += 1
        }
        return (end, records)
    }
}
