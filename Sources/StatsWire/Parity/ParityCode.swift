/// The systematic code behind parity packets: which factor a data packet has in a parity packet.
///
/// Parity `i` of a group is the sum, over its members, of `a(i, s)` times the member, `s` being the member's sequence:
///
///     y = 8 + s mod 248,    a(i, s) = y / (i XOR y)    in the field of ``GaloisField``, i in 0...7
///
/// `1 / (i XOR y)` is a Cauchy matrix, since all `i` lie below 8 and all `y` do not; each column times `y` keeps every
/// square part of it invertible, and makes row 0 all ones. So any `k` of `k + r` packets give back the `k`, parity 0 alone
/// is the plain XOR, and a group whose members lie within 248 numbers has distinct `y`. Since a factor depends on the
/// number alone, not on the place in the group, the sum of two groups' parities is the parity of both groups as one.
///
/// Source: Blömer et al., An XOR-Based Erasure-Resilient Coding Scheme, 1995 (Cauchy matrices).
public enum ParityCode {
    /// Data packets of a group at most.
    public static let maximumMembers = 64
    /// Parity packets of a group at most.
    public static let maximumParities = 8
    /// How many consecutive numbers have factors of their own: a group's last number is less than this beyond its first.
    public static let maximumSpan = 248

    /// `a(parity, sequence)`; never zero. Traps where the parity is not in 0...7. O(1).
    public static func factor(parity: Int, sequence: UInt64) -> UInt8 {
        precondition((0..<maximumParities).contains(parity), "a parity is one of eight")
        if parity == 0 { return 1 }
        let point = UInt8(8 + sequence % UInt64(maximumSpan))
        return GaloisField.quotient(point, point ^ UInt8(parity))
    }
}
