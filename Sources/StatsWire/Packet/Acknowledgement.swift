package import StatsModel

/// A receiver's acknowledgement of a session: the data packets that have arrived, and the ranges to retransmit.
///
/// It covers the sequence numbers up to the header's sequence. The header's timestamp field holds its ``AnswerNumber``.
/// Payload (codec none, little-endian):
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | floor: every number up to it has arrived, or is no longer requested |
/// | 8 | 8 | the number of the data packet that arrived last, 0 if none did |
/// | 16 | 4 | microseconds between this arrival and this packet; the rest of the time is the round trip |
/// | 20 | 4 | how many ranges follow, at most 170 |
/// | 24 | 8 each | a missing range: its first number less the floor (4), its count (4); ascending, with gaps between them |
///
/// Every number between the floor and the header's sequence that is in no range has arrived.
///
/// An acknowledgement is not authenticated. Any host that knows the session's number can claim that packets arrived, or request
/// retransmission.
package struct Acknowledgement: Equatable, Sendable {
    package static let rangeLimit = 170
    static let fixedByteCount = 24
    /// Bytes of the largest packet, header included.
    package static let maximumByteCount = PacketHeader.byteCount + fixedByteCount + 8 * rangeLimit

    package let session: UInt64
    package let highest: UInt64
    package let floor: UInt64
    package let latest: UInt64
    package let held: Nanoseconds
    package let rangeCount: Int
    /// The number of this acknowledgement among the receiver's.
    package let number: AnswerNumber

    /// Reads a verified acknowledgement packet. nil if its payload violates the layout: it is too short, has too many ranges, or
    /// has ranges that are not ascending and separate between the floor and the highest number. O(ranges).
    package init?(decoding bytes: Span<UInt8>, header: PacketHeader) {
        let start = PacketHeader.byteCount
        guard header.kind == .acknowledgement, bytes.count >= start + Self.fixedByteCount else { return nil }
        session = header.session
        number = AnswerNumber(headerField: header.timestamp)
        highest = header.sequence
        floor = bytes.little(start, as: UInt64.self)
        latest = bytes.little(start + 8, as: UInt64.self)
        held = .microseconds(Int64(bytes.little(start + 16, as: UInt32.self)))
        let count = bytes.little(start + 20, as: UInt32.self)
        guard count <= UInt32(Self.rangeLimit), bytes.count >= start + Self.fixedByteCount + 8 * Int(count),
            floor <= highest
        else { return nil }
        rangeCount = Int(count)
        var end = floor
        for index in 0..<rangeCount {
            guard let (first, last) = Self.bounds(index, in: bytes, above: floor), first > end, last <= highest else {
                return nil
            }
            // Two ranges that touch would have to be one range.
            end = last == .max ? last : last + 1
        }
    }

    /// The missing range at this index. `bytes` must be the packet's bytes. Traps if there is no such range.
    package func missing(_ index: Int, in bytes: Span<UInt8>) -> ClosedRange<UInt64> {
        precondition(index >= 0 && index < rangeCount, "a range that the packet has")
        guard let (first, last) = Self.bounds(index, in: bytes, above: floor) else {
            preconditionFailure("ranges are checked when the packet is read")
        }
        return first...last
    }

    private static func bounds(_ index: Int, in bytes: Span<UInt8>, above floor: UInt64) -> (UInt64, UInt64)? {
        let offset = PacketHeader.byteCount + fixedByteCount + 8 * index
        let distance = UInt64(bytes.little(offset, as: UInt32.self))
        let count = UInt64(bytes.little(offset + 4, as: UInt32.self))
        let (first, isOver) = floor.addingReportingOverflow(distance)
        let (next, isOverAgain) = first.addingReportingOverflow(count)
        guard !isOver, !isOverAgain, distance > 0, count > 0 else { return nil }
        return (first, next - 1)
    }
}

/// Builds one acknowledgement after the other. The bytes stay until the next one begins. Allocates nothing.
package struct AcknowledgementBuilder: Sendable {
    private var bytes = [UInt8](repeating: 0, count: Acknowledgement.maximumByteCount)
    private var floor: UInt64 = 0
    private var end = PacketHeader.byteCount + Acknowledgement.fixedByteCount
    package private(set) var rangeCount = 0

    package init() {}

    /// Begins a packet. Every number up to `floor` has arrived, or is no longer requested.
    package mutating func begin(floor: UInt64) {
        self.floor = floor
        end = PacketHeader.byteCount + Acknowledgement.fixedByteCount
        rangeCount = 0
    }

    /// Adds a missing range, which must lie above the floor and apart from the range before. False if there is no room for it, or
    /// if it is too far from the floor. The packet must then end before this range: see `highest` of
    /// ``seal(session:highest:latest:held:number:)``.
    package mutating func append(_ range: ClosedRange<UInt64>) -> Bool {
        precondition(range.lowerBound > floor, "what is missing lies above the floor")
        let distance = range.lowerBound - floor
        let count = range.upperBound - range.lowerBound
        guard rangeCount < Acknowledgement.rangeLimit, distance <= UInt64(UInt32.max), count < UInt64(UInt32.max) else {
            return false
        }
        let place = end
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // In bounds: there is room for `rangeLimit` ranges.
            unsafe buffer.storeLittle(UInt32(distance), at: place)
            unsafe buffer.storeLittle(UInt32(count + 1), at: place + 4)
        }
        end += 8
        rangeCount += 1
        return true
    }

    /// Completes the packet with its header and checksum. Returns its byte count.
    ///
    /// - Parameters:
    ///   - highest: the highest sequence number that the packet covers
    ///   - latest: the number of the data packet that arrived last, `held` ago; 0 if none did
    ///   - number: the number of this acknowledgement among the receiver's
    package mutating func seal(
        session: UInt64, highest: UInt64, latest: UInt64, held: Nanoseconds, number: AnswerNumber
    ) -> Int {
        let header = PacketHeader(
            kind: .acknowledgement, codec: .none, eventCount: 0, session: session, sequence: highest,
            timestamp: number.headerField, payloadLength: UInt16(end - PacketHeader.byteCount))
        let (floor, count, start, end) = (floor, rangeCount, PacketHeader.byteCount, end)
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // In bounds: `end` is at most the length of the array.
            unsafe buffer.storeLittle(floor, at: start)
            unsafe buffer.storeLittle(latest, at: start + 8)
            unsafe buffer.storeLittle(UInt32(clamping: held.rawValue / 1000), at: start + 16)
            unsafe buffer.storeLittle(UInt32(count), at: start + 20)
            unsafe header.seal(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<end]))
        }
        return end
    }

    /// The packet that was sealed last.
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(0..<end))
    }
}
