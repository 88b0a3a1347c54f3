/// An acknowledgement that the receiver hands out for sending.
package struct OutgoingAcknowledgement: Equatable, Sendable {
    /// The sender that it is for.
    package let source: SourceID
    package let session: UInt64
    package let byteCount: Int
}
