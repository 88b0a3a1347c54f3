/// A range of bytes inside a buffer that somebody else owns. 8 bytes, no reference.
public struct ByteRange: Hashable, Sendable {
    public var lower: UInt32
    public var upper: UInt32

    @inlinable public init(lower: UInt32, upper: UInt32) {
        self.lower = lower
        self.upper = upper
    }

    @inlinable public init(_ range: Range<Int>) {
        lower = UInt32(truncatingIfNeeded: range.lowerBound)
        upper = UInt32(truncatingIfNeeded: range.upperBound)
    }

    public static let empty = ByteRange(lower: 0, upper: 0)

    @inlinable public var count: Int { Int(upper) - Int(lower) }
    @inlinable public var isEmpty: Bool { upper <= lower }
    @inlinable public var range: Range<Int> { Int(lower)..<Int(upper) }
}
