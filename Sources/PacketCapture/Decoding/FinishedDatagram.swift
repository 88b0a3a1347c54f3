import StatsModel

/// A record of a completed datagram, to recognise late copies of its fragments.
///
/// When a copy comes, it looks like the first fragment of a new datagram, because identifications repeat. It is known as a copy
/// only when no other fragment joins it. Until then it waits like any fragment.
struct FinishedDatagram {
    /// Fragments remembered of one datagram. The largest datagram takes 45 at an MTU of 1500. A datagram with more is not
    /// remembered.
    static let limit = 64

    /// The serial number of its ``PartialDatagram``.
    let serial: UInt64
    let digests: [UInt64]

    /// A digest of one fragment: of its position and its bytes.
    static func digest(_ payload: Span<UInt8>, at piece: Range<Int>) -> UInt64 {
        ByteHash.hash(payload, 0..<payload.count, state: UInt64(piece.lowerBound))
    }
}
