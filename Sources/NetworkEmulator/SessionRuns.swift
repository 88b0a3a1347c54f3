/// The rules' memory of a session's data packets: how many in a row were lost, and how many passed since one was reordered. It
/// depends only on first transmissions.
struct SessionRuns: Sendable {
    struct Run: Sendable {
        var session: UInt64
        var lastNumber: UInt64?
        var lost = 0
        var sinceReorder = 0
    }

    /// Sessions that are remembered. A further session replaces the oldest.
    static let sessions = 4

    private var runs: [Run] = []
    private var nextPlace = 0

    /// Changes the session's run in place.
    mutating func update<Result>(_ session: UInt64, _ body: (inout Run) -> Result) -> Result {
        for index in runs.indices where runs[index].session == session { return body(&runs[index]) }
        if runs.count < Self.sessions {
            runs.append(Run(session: session))
            return body(&runs[runs.count - 1])
        }
        let place = nextPlace
        nextPlace = (nextPlace + 1) % Self.sessions
        runs[place] = Run(session: session)
        return body(&runs[place])
    }
}
