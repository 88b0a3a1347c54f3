/// The systematic erasure code of parity packets: the factor of each data packet in each parity packet.
///
/// Parity `i` of a group is the sum of `a(i, s)` times the member over all members, where `s` is the member's sequence number:
///
///     y = 8 + s mod 248,    a(i, s) = y / (i XOR y)    in the field of ``GaloisField``, i in 0...7
///
/// `1 / (i XOR y)` is a Cauchy matrix, since all `i` are below 8 and all `y` are not. Multiplying each column by `y` keeps every
/// square part invertible, and makes row 0 all ones. Therefore any `k` of `k + r` packets recover the `k` members, and parity 0
/// alone is the plain XOR. A group whose members lie within 248 numbers has distinct `y`. A factor depends on the sequence number
/// and not on the place in the group. The sum of two groups' parities is thus the parity of the joined group.
///
/// Source: Blömer et al., An XOR-Based Erasure-Resilient Coding Scheme, 1995 (Cauchy matrices).
package enum ParityCode {
    /// The largest number of data packets in a group.
    package static let maximumMembers = 64
    /// The largest number of parity packets in a group.
    package static let maximumParities = 8
    /// The number of consecutive sequence numbers with distinct factors. The distance between a group's first and last number
    /// must be smaller.
    package static let maximumSpan = 248

    /// `a(parity, sequence)`, which is never zero. Traps if the parity is not in 0...7. O(1).
    package static func factor(parity: Int, sequence: UInt64) -> UInt8 {
        precondition((0..<maximumParities).contains(parity), "a parity is one of eight")
        if parity == 0 { return 1 }
        let point = UInt8(8 + sequence % UInt64(maximumSpan))
        return GaloisField.quotient(point, point ^ UInt8(parity))
    }
}
