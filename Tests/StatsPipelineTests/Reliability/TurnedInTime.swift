import StatsModel

/// Machines that a test turns together in virtual time.
protocol TurnedInTime: ~Copyable {
    var now: Instant { get set }
    /// When one of them next wants to be called; nil: never.
    var nextDeadline: Instant? { mutating get }
    /// Everything that happens now.
    mutating func turn()
}

extension TurnedInTime where Self: ~Copyable {
    /// Lets everything happen up to `end`, and answers whether they have nothing more to do.
    mutating func run(to end: Instant) -> Bool {
        while true {
            turn()
            guard let next = nextDeadline else { return true }
            if next > end { break }
            now = max(now, next)
        }
        now = max(now, end)
        return false
    }
}
