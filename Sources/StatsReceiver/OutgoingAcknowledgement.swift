/// One answer that the receiver hands out for sending.
public struct OutgoingAcknowledgement: Equatable, Sendable {
    /// Whom it is for.
    public let source: SourceID
    public let session: UInt64
    public let byteCount: Int
}
