public import StatsModel

/// Stops sending to a downstream that fails, and finds out with few attempts when it is back.
///
/// | state | attempts | leaves it |
/// |---|---|---|
/// | closed | all | to open: `failureThreshold` failures among the last `failureWindow` outcomes |
/// | open | none | to half-open: its time is up |
/// | half-open | `probeLimit` in all | to closed: `successThreshold` successes; to open: one failure, or no decision within `probeTimeout` of the first probe |
///
/// A machine: it reads no clock and calls nothing. Ask ``attempt(at:)`` before sending and report the outcome with
/// the permit it gave. An outcome counts only in the period in which its permit was given: a failure that arrives
/// late, from before the breaker opened, does not fail the probes.
public struct CircuitBreaker: Sendable {
    public enum State: Equatable, Sendable {
        /// Failures among the last outcomes.
        case closed(failures: Int)
        case open(until: Instant)
        /// Probes admitted and probes that succeeded in this period; both begin at zero.
        case halfOpen(probes: Int, successes: Int)
    }

    /// The right to make one attempt; to be answered by ``recordSuccess(_:at:)`` or ``recordFailure(_:at:)``.
    package struct Permit: Equatable, Sendable {
        let period: UInt64
    }

    /// Changes that nobody polled are kept up to this many; beyond, the oldest are given up and counted.
    static let transitionLimit = 64

    package let configuration: BreakerConfiguration
    package private(set) var state = State.closed(failures: 0)
    /// Attempts that were not permitted.
    package private(set) var refused: UInt64 = 0
    /// Changes given up because nobody polled them.
    package private(set) var transitionsMissed: UInt64 = 0
    /// Every change of state begins a period; permits of earlier ones are void.
    private var period: UInt64 = 0
    /// How often it opened since it was last closed.
    private var openings = 0
    /// When a half-open period ends undecided; nil before its first probe.
    private var probeDeadline: Instant?
    private var transitions: [BreakerTransition] = []
    /// The last outcomes since it was closed, the latest in bit 0; a one is a failure.
    private var outcomes: UInt64 = 0

    /// Traps where ``BreakerConfiguration/validate()`` would throw.
    package init(configuration: BreakerConfiguration = BreakerConfiguration()) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("the breaker's configuration is out of range: \(error)")
        }
        self.configuration = configuration
        transitions.reserveCapacity(Self.transitionLimit)
    }

    /// When the state changes although nobody asks; nil: never.
    package var nextDeadline: Instant? {
        switch state {
        case .closed: nil
        case .open(let until): until
        case .halfOpen: probeDeadline
        }
    }

    /// Whether an attempt would be permitted now; asking uses up no probe. O(1).
    package mutating func admits(at now: Instant) -> Bool {
        handleTimeout(at: now)
        return isAdmitting
    }

    /// Whether an attempt is permitted in the state as it stands.
    var isAdmitting: Bool {
        switch state {
        case .closed: true
        case .open: false
        case .halfOpen(let probes, _): probes < configuration.probeLimit
        }
    }

    var isOpen: Bool {
        switch state {
        case .closed, .halfOpen: false
        case .open: true
        }
    }

    /// Permission to make one attempt; nil where there is none, which is counted. O(1).
    package mutating func attempt(at now: Instant) -> Permit? {
        handleTimeout(at: now)
        switch state {
        case .closed:
            return Permit(period: period)
        case .halfOpen(let probes, let successes) where probes < configuration.probeLimit:
            if probes == 0 { probeDeadline = now + configuration.probeTimeout }
            state = .halfOpen(probes: probes + 1, successes: successes)
            return Permit(period: period)
        case .open, .halfOpen:
            refused += 1
            return nil
        }
    }

    /// The attempt succeeded. Void where the state changed since it was permitted.
    package mutating func recordSuccess(_ permit: Permit, at now: Instant) {
        handleTimeout(at: now)
        guard permit.period == period else { return }
        switch state {
        case .closed:
            state = .closed(failures: note(0))
        case .halfOpen(let probes, let successes):
            if successes + 1 < configuration.successThreshold {
                state = .halfOpen(probes: probes, successes: successes + 1)
            } else {
                openings = 0
                change(to: .closed(failures: 0), at: now)
            }
        case .open:
            preconditionFailure("an open breaker has given no permit in this period")
        }
    }

    /// The attempt failed. Void where the state changed since it was permitted.
    package mutating func recordFailure(_ permit: Permit, at now: Instant) {
        handleTimeout(at: now)
        guard permit.period == period else { return }
        switch state {
        case .closed:
            let failures = note(1)
            if failures < configuration.failureThreshold {
                state = .closed(failures: failures)
            } else {
                open(at: now)
            }
        case .halfOpen:
            open(at: now)
        case .open:
            preconditionFailure("an open breaker has given no permit in this period")
        }
    }

    /// The attempt told nothing of the downstream: in a half-open period another probe is admitted instead. Void where the state
    /// changed since it was permitted.
    package mutating func recordNothing(_ permit: Permit, at now: Instant) {
        handleTimeout(at: now)
        guard permit.period == period, case .halfOpen(let probes, let successes) = state else { return }
        state = .halfOpen(probes: probes - 1, successes: successes)
        if probes == 1 { probeDeadline = nil }
    }

    /// Brings the state up to `now`. Each change carries the instant at which it was due, however late it is noticed,
    /// so that the same run gives the same list whoever turns it. Calling it again with nothing to do is safe.
    package mutating func handleTimeout(at now: Instant) {
        if case .halfOpen = state, let deadline = probeDeadline, now >= deadline { open(at: deadline) }
        if case .open(let until) = state, now >= until { change(to: .halfOpen(probes: 0, successes: 0), at: until) }
    }

    /// The oldest change of state not yet polled; nil when there is none.
    package mutating func pollTransition() -> BreakerTransition? {
        transitions.isEmpty ? nil : transitions.removeFirst()
    }

    /// Takes one outcome into the window, and says how many failures stand in it.
    private mutating func note(_ failure: UInt64) -> Int {
        // 64 - a window of 1 to 64 is a shift of at most 63.
        outcomes = (outcomes << 1 | failure) & (UInt64.max >> UInt64(64 - configuration.failureWindow))
        return outcomes.nonzeroBitCount
    }

    private mutating func open(at now: Instant) {
        var length = configuration.openFor.rawValue
        let longest = configuration.maximumOpenFor.rawValue
        for _ in 0..<openings where length < longest {
            // No overflow: a day in nanoseconds times 1000 is below 2^63.
            length = min(longest, length * Int64(configuration.growth))
            if configuration.growth == 1 { break }
        }
        openings += 1
        change(to: .open(until: now + Nanoseconds(length)), at: now)
    }

    private mutating func change(to next: State, at instant: Instant) {
        if transitions.count == Self.transitionLimit {
            transitions.removeFirst()
            transitionsMissed += 1
        }
        transitions.append(BreakerTransition(instant: instant, from: state, to: next))
        state = next
        outcomes = 0
        period += 1
        probeDeadline = nil
    }
}
