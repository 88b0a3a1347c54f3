/// Sequence numbers `from...to` of one session that were given up, or that came after all.
public struct LostRange: Equatable, Sendable {
    public let source: SourceID
    public let session: UInt64
    public let from: UInt64
    public let to: UInt64

    public init(source: SourceID, session: UInt64, from: UInt64, to: UInt64) {
        self.source = source
        self.session = session
        self.from = from
        self.to = to
    }
}
