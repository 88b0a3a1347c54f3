public import StatsModel

/// What became of one event offered to the client.
public enum PushResult: Equatable, Sendable {
    case buffered
    /// Not taken; the cause is already in the client's own ledger.
    case refused(LossCause)
}
