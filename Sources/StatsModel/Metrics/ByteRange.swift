/// A range of bytes in a buffer with another owner. It takes 8 bytes and holds no reference.
public struct ByteRange: Hashable, Sendable {
    /// The index of the first byte.
    public var lower: UInt32
    /// The index after the last byte.
    public var upper: UInt32

    /// A range from its bounds.
    @inlinable public init(lower: UInt32, upper: UInt32) {
        self.lower = lower
        self.upper = upper
    }

    /// A range of a buffer's indices, which must fit into 32 bits.
    @inlinable public init(_ range: Range<Int>) {
        lower = UInt32(truncatingIfNeeded: range.lowerBound)
        upper = UInt32(truncatingIfNeeded: range.upperBound)
    }

    /// An empty range.
    @inlinable public static var empty: ByteRange { ByteRange(lower: 0, upper: 0) }

    /// The number of bytes.
    @inlinable public var count: Int { Int(upper) - Int(lower) }
    /// Whether the range has no bytes.
    @inlinable public var isEmpty: Bool { upper <= lower }
    /// The range as indices of a buffer.
    @inlinable public var range: Range<Int> { Int(lower)..<Int(upper) }
}
