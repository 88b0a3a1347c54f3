/// Why a parity packet with a good checksum is invalid. Such a packet is ignored as a whole.
package enum ParityFault: Error, Equatable, Sendable {
    /// The payload is too short even for the smallest data packet's parity.
    case truncated(needed: Int, available: Int)
    /// A code that this version does not know.
    case unknownScheme(UInt8)
    case badMemberCount(Int)
    case badParityCount(Int)
    case badIndex(Int, parityCount: Int)
    case badStride(Int, memberCount: Int)
    case badFirst(UInt64)

    /// The name in FORMATS.md. It never changes.
    package var name: String {
        switch self {
        case .truncated: "truncated_parity"
        case .unknownScheme: "unknown_parity_scheme"
        case .badMemberCount: "bad_member_count"
        case .badParityCount: "bad_parity_count"
        case .badIndex: "bad_parity_index"
        case .badStride: "bad_parity_stride"
        case .badFirst: "bad_parity_first"
        }
    }
}

extension ParityFault: CustomStringConvertible {
    /// The fault as a clause with the numbers.
    package var description: String {
        switch self {
        case .truncated(let needed, let available):
            "a parity packet's payload needs \(needed) bytes, and there are \(available)"
        case .unknownScheme(let scheme): "parity scheme \(scheme) is none"
        case .badMemberCount(let count): "a group has 1 to \(ParityCode.maximumMembers) members, not \(count)"
        case .badParityCount(let count): "a group has 1 to \(ParityCode.maximumParities) parities, not \(count)"
        case .badIndex(let index, let parityCount): "of \(parityCount) parities none is number \(index)"
        case .badStride(let stride, let memberCount):
            "\(memberCount) members \(stride) apart do not lie within \(ParityCode.maximumSpan) numbers"
        case .badFirst(let first): "no group begins with number \(first)"
        }
    }
}
