/// The data packets that a parity packet covers: `first`, `first + stride`, …, `memberCount` of them.
package struct ParityGroup: Hashable, Sendable {
    /// The first member's sequence number, at least 1.
    package let first: UInt64
    /// The distance between members. If it is above 1, members of other groups lie between them.
    package let stride: Int
    /// The number of members, 1 to 64.
    package let memberCount: Int

    /// Throws for a group that the code cannot cover: see ``ParityFault``.
    package init(first: UInt64, stride: Int, memberCount: Int) throws(ParityFault) {
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
    package var last: UInt64 { first + UInt64((memberCount - 1) * stride) }

    /// A member's number. Traps if there is no such member.
    package func sequence(of member: Int) -> UInt64 {
        precondition(member >= 0 && member < memberCount, "a member of the group")
        return first + UInt64(member * stride)
    }

    package func contains(_ sequence: UInt64) -> Bool {
        sequence >= first && sequence <= last && (sequence - first) % UInt64(stride) == 0
    }
}
