/// Which data packets a parity packet covers: `first`, `first + stride`, … `memberCount` of them.
public struct ParityGroup: Hashable, Sendable {
    /// At least 1.
    public let first: UInt64
    /// How far one member is from the next; above 1 other groups' members lie between them.
    public let stride: Int
    /// 1 to 64.
    public let memberCount: Int

    /// Throws what no code can cover: see ``ParityFault``.
    public init(first: UInt64, stride: Int, memberCount: Int) throws(ParityFault) {
        guard (1...ParityCode.maximumMembers).contains(memberCount) else { throw .badMemberCount(memberCount) }
        guard stride >= 1, stride < ParityCode.maximumSpan, (memberCount - 1) * stride < ParityCode.maximumSpan else {
            throw .badStride(stride, memberCount: memberCount)
        }
        guard first >= 1, first <= .max - UInt64(ParityCode.maximumSpan) else { throw .badFirst(first) }
        self.first = first
        self.stride = stride
        self.memberCount = memberCount
    }

    /// The last member's number.
    @inlinable public var last: UInt64 { first + UInt64((memberCount - 1) * stride) }

    /// A member's number. Traps where there is no such member.
    @inlinable public func sequence(of member: Int) -> UInt64 {
        precondition(member >= 0 && member < memberCount, "a member of the group")
        return first + UInt64(member * stride)
    }

    @inlinable public func contains(_ sequence: UInt64) -> Bool {
        sequence >= first && sequence <= last && (sequence - first) % UInt64(stride) == 0
    }
}
