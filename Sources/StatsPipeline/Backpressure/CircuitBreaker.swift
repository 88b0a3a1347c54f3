public import StatsModel

/// Stops sending to a downstream that fails, and finds out with few attempts when it works again.
///
/// | state | attempts | leaves it |
/// |---|---|---|
/// | closed | all | to open: after `failureThreshold` failures among the last `failureWindow` outcomes |
/// | open | none | to half-open: when its time is up |
/// | half-open | `probeLimit` in all | to closed: `successThreshold` successes; to open: one failure, or `probeTimeout` over |
///
/// This is a machine: it reads no clock and calls nothing. Call ``attempt(at:)`` before sending, and report the outcome with the
/// permit. An outcome counts only in the period in which its permit was given. A late failure from before the breaker opened
/// therefore does not fail the probes.
public struct CircuitBreaker: Sendable {
    /// The state of a breaker.
    public enum State: Equatable, Sendable {
        /// The number of failures among the last outcomes.
        case closed(failures: Int)
        case open(until: Instant)
        /// The numbers of admitted probes and of successful probes in this period. Both begin at zero.
        case halfOpen(probes: Int, successes: Int)
    }

    /// Permission for one attempt. Report its outcome with ``recordSuccess(_:at:)`` or ``recordFailure(_:at:)``.
    package struct Permit: Equatable, Sendable {
        let period: UInt64
    }

    /// The number of changes that are kept for polling. Beyond it the oldest are dropped and counted.
    static let transitionLimit = 64

    package let configuration: BreakerConfiguration
    package private(set) var state = State.closed(failures: 0)
    /// Attempts that were not permitted.
    package private(set) var refused: UInt64 = 0
    /// Changes that were dropped because they were not polled.
    package private(set) var transitionsMissed: UInt64 = 0
    /// The number of the period. Every change of state begins a period, which voids the permits of earlier ones.
    private var period: UInt64 = 0
    /// The number of times that it opened since it was last closed.
    private var openings = 0
    /// The end of an undecided half-open period. nil before its first probe.
    private var probeDeadline: Instant?
    private var transitions: [BreakerTransition] = []
    /// The last outcomes since it was closed, the latest in bit 0. A one is a failure.
    private var outcomes: UInt64 = 0

    /// Traps if ``BreakerConfiguration/validate()`` would throw.
    package init(configuration: BreakerConfiguration = BreakerConfiguration()) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("the breaker's configuration is out of range: \(error)")
        }
        self.configuration = configuration
        transitions.reserveCapacity(Self.transitionLimit)
    }

    /// The next time at which the state changes by itself. nil if it does not.
    package var nextDeadline: Instant? {
        switch state {
        case .closed: nil
        case .open(let until): until
        case .halfOpen: probeDeadline
        }
    }

    /// Whether an attempt would be permitted now. This uses up no probe. O(1).
    package mutating func admits(at now: Instant) -> Bool {
        handleTimeout(at: now)
        return isAdmitting
    }

    /// Whether an attempt is permitted in the present state.
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

    /// Permission for one attempt. nil if there is none, which is counted. O(1).
    package mutating func attempt(at now: Instant) -> Permit? {
        handleTimeout(at: now)
        switch state {
        case .closed:
            return Permit(period: period)
        case .halfOpen(let probes, let successes) where probes < configuration.probeLimit:
            if probes == 0 { probeDeadline = now + Nanoseconds(configuration.probeTimeout) }
            state = .halfOpen(probes: probes + 1, successes: successes)
            return Permit(period: period)
        case .open, .halfOpen:
            refused += 1
            return nil
        }
    }

    /// Reports that the attempt succeeded. Ignored if the state changed since the permit was given.
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

    /// Reports that the attempt failed. Ignored if the state changed since the permit was given.
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

    /// Reports that the attempt says nothing about the downstream. A half-open period then admits another probe. Ignored if the
    /// state changed since the permit was given.
    package mutating func recordNothing(_ permit: Permit, at now: Instant) {
        handleTimeout(at: now)
        guard permit.period == period, case .halfOpen(let probes, let successes) = state else { return }
        state = .halfOpen(probes: probes - 1, successes: successes)
        if probes == 1 { probeDeadline = nil }
    }

    /// Brings the state up to `now`. Each change has the time at which it was due, however late it is noticed, so that the same
    /// run always gives the same list. Further calls with nothing to do are safe.
    package mutating func handleTimeout(at now: Instant) {
        if case .halfOpen = state, let deadline = probeDeadline, now >= deadline { open(at: deadline) }
        if case .open(let until) = state, now >= until { change(to: .halfOpen(probes: 0, successes: 0), at: until) }
    }

    /// The oldest change of state that was not polled yet. nil if there is none.
    package mutating func pollTransition() -> BreakerTransition? {
        transitions.isEmpty ? nil : transitions.removeFirst()
    }

    /// Adds one outcome to the window. Returns the number of failures in it.
    private mutating func note(_ failure: UInt64) -> Int {
        // A window of 1 to 64 gives a shift of at most 63.
        outcomes = (outcomes << 1 | failure) & (UInt64.max >> UInt64(64 - configuration.failureWindow))
        return outcomes.nonzeroBitCount
    }

    private mutating func open(at now: Instant) {
        var length = Nanoseconds(configuration.openFor).rawValue
        let longest = Nanoseconds(configuration.maximumOpenFor).rawValue
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
