import StatsModel

/// What is remembered of a datagram that became whole, so that a late copy of one of its fragments is known as such.
///
/// A copy cannot be told from the first fragment of a new datagram when it comes, since identifications repeat; only
/// when nothing else joins it. Until then it waits like any other.
struct FinishedDatagram {
    /// Fragments remembered of one datagram: at an MTU of 1500 the largest takes 45. One of more is not remembered.
    static let limit = 64

    /// The serial number of the ``PartialDatagram`` it was.
    let serial: UInt64
    let digests: [UInt64]

    /// A digest of one fragment: its place and its bytes.
    static func digest(_ payload: Span<UInt8>, at piece: Range<Int>) -> UInt64 {
        ByteHash.hash(payload, 0..<payload.count, state: UInt64(piece.lowerBound))
    }
}
