public import StatsModel

/// What a receiver answers a session with: which of its data packets have arrived, and which it asks for again.
///
/// It speaks of the numbers up to the header's sequence. The place of the header's timestamp holds its ``AnswerNumber``.
/// Payload (codec none, little-endian):
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | floor: every number up to it has arrived, or is no longer wanted |
/// | 8 | 8 | the number of the data packet that arrived last, 0 where none did |
/// | 16 | 4 | microseconds from then until this packet was written: what lies between is the way there and back |
/// | 20 | 4 | how many ranges follow, at most 170 |
/// | 24 | 8 each | a range that is missing: its first number less the floor (4), how many numbers (4); ascending, apart |
///
/// Every number above the floor up to the header's sequence that is in no range has arrived.
///
/// Nothing in it is authenticated: whoever knows the session's number can claim that packets arrived, or ask for them again.
public struct Acknowledgement: Equatable, Sendable {
    public static let rangeLimit = 170
    static let fixedByteCount = 24
    /// Of the whole packet, header included.
    public static let maximumByteCount = PacketHeader.byteCount + fixedByteCount + 8 * rangeLimit

    public let session: UInt64
    public let highest: UInt64
    public let floor: UInt64
    public let latest: UInt64
    public let held: Nanoseconds
    public let rangeCount: Int
    /// Which of its receiver's answers it is.
    public let number: AnswerNumber

    /// Reads a verified packet of kind acknowledgement; nil where its payload is not what the layout says: too short,
    /// too many ranges, or ranges that do not ascend apart between the floor and the highest number. O(ranges).
    public init?(decoding bytes: Span<UInt8>, header: PacketHeader) {
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
            // Two ranges that touch would be one.
            end = last == .max ? last : last + 1
        }
    }

    /// The missing range `index`, of the same bytes.
    public func missing(_ index: Int, in bytes: Span<UInt8>) -> ClosedRange<UInt64> {
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

/// One acknowledgement under construction; its bytes are kept until the next is begun. Allocates nothing.
public struct AcknowledgementBuilder: Sendable {
    private var bytes = [UInt8](repeating: 0, count: Acknowledgement.maximumByteCount)
    private var floor: UInt64 = 0
    private var end = PacketHeader.byteCount + Acknowledgement.fixedByteCount
    public private(set) var rangeCount = 0

    public init() {}

    /// Begins a packet that says everything up to `floor` has arrived or is no longer wanted.
    public mutating func begin(floor: UInt64) {
        self.floor = floor
        end = PacketHeader.byteCount + Acknowledgement.fixedByteCount
        rangeCount = 0
    }

    /// Adds a missing range above the floor and apart from the one before. False where there is no room for it, or it is
    /// too far from the floor: the packet may then speak of no number from this range on.
    public mutating func append(_ range: ClosedRange<UInt64>) -> Bool {
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

    /// Writes the header and seals. Answers how many bytes the packet has.
    ///
    /// - Parameters:
    ///   - highest: up to which number the packet speaks
    ///   - latest: the number of the data packet that arrived last, 0 where none did, `held` ago
    ///   - number: which of the receiver's answers it is
    public mutating func seal(
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

    /// The packet sealed last.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(0..<end))
    }
}
