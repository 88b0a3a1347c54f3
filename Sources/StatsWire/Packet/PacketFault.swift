/// Why bytes that begin like a packet are invalid. Gap detection counts every such fault as a checksum failure, since nothing in
/// the packet can be trusted.
public enum PacketFault: Error, Equatable, Sendable {
    case truncated(needed: Int, available: Int)
    case badMagic
    case unknownKind(UInt8)
    case unknownCodec(UInt8)
    case lengthMismatch(stated: Int, available: Int)
    case checksum(stated: UInt32, computed: UInt32)

    /// The name in FORMATS.md. It never changes.
    public var name: String {
        switch self {
        case .truncated: "truncated"
        case .badMagic: "bad_magic"
        case .unknownKind: "unknown_kind"
        case .unknownCodec: "unknown_codec"
        case .lengthMismatch: "length_mismatch"
        case .checksum: "checksum"
        }
    }
}

extension PacketFault: CustomStringConvertible {
    /// The fault as a clause with the numbers: "a packet needs 40 bytes, and there are 39".
    public var description: String {
        switch self {
        case .truncated(let needed, let available): "a packet needs \(needed) bytes, and there are \(available)"
        case .badMagic: "a packet begins with SRP1"
        case .unknownKind(let kind): "kind \(kind) is none"
        case .unknownCodec(let codec): "codec \(codec) is none"
        case .lengthMismatch(let stated, let available):
            "the header states a packet of \(stated) bytes, and there are \(available)"
        case .checksum(let stated, let computed):
            "the header states the checksum \(Self.hexadecimal(stated)), and the bytes have \(Self.hexadecimal(computed))"
        }
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
