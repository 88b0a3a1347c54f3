/// Sequence numbers `from...to` of one session that were given up as lost, or that arrived after that.
package struct LostRange: Equatable, Sendable {
    package let source: SourceID
    package let session: UInt64
    package let from: UInt64
    package let to: UInt64

    package init(source: SourceID, session: UInt64, from: UInt64, to: UInt64) {
        self.source = source
        self.session = session
        self.from = from
        self.to = to
    }
}
