import StatsModel
import StatsPipeline
import Testing

@Suite struct CircuitBreakerTests {
    static func at(_ milliseconds: Int64) -> Instant { .start + .milliseconds(milliseconds) }

    static func breaker(_ change: (inout BreakerConfiguration) -> Void = { _ in }) -> CircuitBreaker {
        var configuration = BreakerConfiguration()
        configuration.failureThreshold = 3
        configuration.failureWindow = 3
        configuration.successThreshold = 2
        configuration.probeLimit = 3
        configuration.probeTimeout = .milliseconds(500)
        configuration.openFor = .milliseconds(100)
        configuration.maximumOpenFor = .milliseconds(1000)
        change(&configuration)
        return CircuitBreaker(configuration: configuration)
    }

    /// Opened at 0 ms by three failures, until 100 ms.
    static func opened(_ change: (inout BreakerConfiguration) -> Void = { _ in }) throws -> CircuitBreaker {
        var breaker = breaker(change)
        for _ in 0..<3 { try fail(&breaker, at: at(0)) }
        #expect(breaker.state == .open(until: at(100)))
        return breaker
    }

    static func permit(_ breaker: inout CircuitBreaker, at now: Instant) throws -> CircuitBreaker.Permit {
        let permit = breaker.attempt(at: now)
        return try #require(permit)
    }

    /// One attempt that fails at once.
    static func fail(_ breaker: inout CircuitBreaker, at now: Instant) throws {
        breaker.recordFailure(try permit(&breaker, at: now), at: now)
    }

    /// One attempt that succeeds at once.
    static func succeed(_ breaker: inout CircuitBreaker, at now: Instant) throws {
        breaker.recordSuccess(try permit(&breaker, at: now), at: now)
    }

    static func transitions(_ breaker: inout CircuitBreaker) -> [BreakerTransition] {
        var list: [BreakerTransition] = []
        while let transition = breaker.pollTransition() { list.append(transition) }
        return list
    }

    @Test("so many failures among the last outcomes open it, not one less and none further back", arguments: [1, 2, 5, 64])
    func window(threshold: Int) throws {
        for window in [threshold, threshold + 1, 2 * threshold, 64] where window <= 64 {
            for seed in UInt64(1)...20 {
                let draws = KeyedRandom(seed: seed)
                var breaker = Self.breaker {
                    $0.failureThreshold = threshold
                    $0.failureWindow = window
                }
                var outcomes: [Bool] = []
                for index in UInt64(0)..<400 {
                    let fails = draws.draw(rule: 1, flow: 0, sequence: index) % 100 < 10 * (seed % 10)
                    outcomes.append(fails)
                    if fails { try Self.fail(&breaker, at: Self.at(0)) } else { try Self.succeed(&breaker, at: Self.at(0)) }
                    let failures = outcomes.suffix(window).count { $0 }
                    if failures >= threshold {
                        #expect(breaker.state == .open(until: Self.at(100)), "seed \(seed), window \(window), outcome \(index)")
                        break
                    }
                    #expect(breaker.state == .closed(failures: failures), "seed \(seed), window \(window), outcome \(index)")
                }
            }
        }
    }

    @Test("a port where nobody listens, which fails every second send, opens the standard breaker")
    func everySecond() throws {
        var breaker = CircuitBreaker()
        for _ in 0..<4 {
            try Self.succeed(&breaker, at: Self.at(0))
            try Self.fail(&breaker, at: Self.at(0))
        }
        #expect(breaker.state == .closed(failures: 4))
        try Self.succeed(&breaker, at: Self.at(0))
        try Self.fail(&breaker, at: Self.at(0))
        #expect(breaker.state == .open(until: Self.at(1000)))
    }

    @Test("with a window as long as the threshold failures in a row open it, a success in between begins the count again")
    func opens() throws {
        var breaker = Self.breaker()
        for outcome in [false, false, true, false, false] {
            let permit = try Self.permit(&breaker, at: Self.at(1))
            if outcome {
                breaker.recordSuccess(permit, at: Self.at(1))
            } else {
                breaker.recordFailure(permit, at: Self.at(1))
            }
        }
        #expect(breaker.state == .closed(failures: 2))
        #expect(breaker.nextDeadline == nil)
        breaker.recordFailure(try Self.permit(&breaker, at: Self.at(2)), at: Self.at(3))
        #expect(breaker.state == .open(until: Self.at(103)))
        #expect(breaker.nextDeadline == Self.at(103))
        #expect(breaker.attempt(at: Self.at(102)) == nil)
        #expect(breaker.refused == 1)
    }

    @Test("fault 12: half-open admits a bounded number of probes, not everything")
    func boundedProbes() throws {
        var breaker = try Self.opened()
        let permits = (0..<10).compactMap { _ in breaker.attempt(at: Self.at(100)) }
        #expect(permits.count == 3)
        #expect(breaker.state == .halfOpen(probes: 3, successes: 0))
        #expect(breaker.refused == 7)
    }

    @Test("fault 12: one failed probe reopens it, although others succeeded")
    func failedProbe() throws {
        var breaker = try Self.opened()
        let first = try Self.permit(&breaker, at: Self.at(100))
        let second = try Self.permit(&breaker, at: Self.at(100))
        breaker.recordSuccess(first, at: Self.at(110))
        #expect(breaker.state == .halfOpen(probes: 2, successes: 1))
        breaker.recordFailure(second, at: Self.at(120))
        #expect(breaker.state == .open(until: Self.at(320)), "twice as long as the first time")
    }

    @Test("fault 12: failures are cleared on entry to half-open and to closed")
    func cleared() throws {
        var breaker = try Self.opened()
        breaker.handleTimeout(at: Self.at(100))
        #expect(breaker.state == .halfOpen(probes: 0, successes: 0))
        for _ in 0..<2 { try Self.succeed(&breaker, at: Self.at(100)) }
        #expect(breaker.state == .closed(failures: 0))
        // As many failures as before are needed again.
        for expected in 1...2 {
            try Self.fail(&breaker, at: Self.at(102))
            #expect(breaker.state == .closed(failures: expected))
        }
    }

    @Test("fault 12: an outcome from before the breaker opened neither fails nor passes the probes")
    func stale() throws {
        var breaker = Self.breaker()
        let permits = try (0..<5).map { _ in try Self.permit(&breaker, at: Self.at(0)) }
        for permit in permits.prefix(3) { breaker.recordFailure(permit, at: Self.at(0)) }
        #expect(breaker.state == .open(until: Self.at(100)))
        breaker.recordFailure(permits[3], at: Self.at(50))
        #expect(breaker.state == .open(until: Self.at(100)), "it is open already")
        let probe = try Self.permit(&breaker, at: Self.at(100))
        breaker.recordFailure(permits[3], at: Self.at(101))
        breaker.recordSuccess(permits[4], at: Self.at(101))
        #expect(breaker.state == .halfOpen(probes: 1, successes: 0))
        breaker.recordSuccess(probe, at: Self.at(102))
        #expect(breaker.state == .halfOpen(probes: 1, successes: 1))
    }

    @Test("probes that never answer reopen it after their time, and not before")
    func silentProbes() throws {
        var breaker = try Self.opened()
        breaker.handleTimeout(at: Self.at(100))
        #expect(breaker.nextDeadline == nil, "nothing runs before the first probe")
        _ = breaker.attempt(at: Self.at(150))
        #expect(breaker.nextDeadline == Self.at(650))
        breaker.handleTimeout(at: Self.at(649))
        #expect(breaker.state == .halfOpen(probes: 1, successes: 0))
        breaker.handleTimeout(at: Self.at(650))
        #expect(breaker.state == .open(until: Self.at(850)))
    }

    @Test("it stays open longer each time, up to the bound, and forgets once it closed")
    func growth() throws {
        var breaker = try Self.opened { $0.growth = 3 }
        var lengths: [Int64] = []
        for _ in 0..<5 {
            let now = try #require(breaker.nextDeadline)
            try Self.fail(&breaker, at: now)
            lengths.append((try #require(breaker.nextDeadline) - now).rawValue / 1_000_000)
        }
        #expect(lengths == [300, 900, 1000, 1000, 1000])
        let now = try #require(breaker.nextDeadline)
        for _ in 0..<2 { try Self.succeed(&breaker, at: now) }
        for _ in 0..<3 { try Self.fail(&breaker, at: now) }
        #expect(breaker.state == .open(until: now + .milliseconds(100)))
    }

    @Test("changes are observable, at the instants at which they were due, however late they are noticed")
    func observable() throws {
        var breaker = try Self.opened()
        _ = breaker.attempt(at: Self.at(150))
        breaker.handleTimeout(at: Self.at(100_000))
        #expect(
            Self.transitions(&breaker) == [
                BreakerTransition(instant: Self.at(0), from: .closed(failures: 2), to: .open(until: Self.at(100))),
                BreakerTransition(
                    instant: Self.at(100), from: .open(until: Self.at(100)), to: .halfOpen(probes: 0, successes: 0)),
                BreakerTransition(
                    instant: Self.at(650), from: .halfOpen(probes: 1, successes: 0), to: .open(until: Self.at(850))),
                BreakerTransition(
                    instant: Self.at(850), from: .open(until: Self.at(850)), to: .halfOpen(probes: 0, successes: 0)),
            ])
        #expect(breaker.pollTransition() == nil)
        #expect(breaker.transitionsMissed == 0)
    }

    @Test("nobody has to poll: changes are kept up to a bound, and what is given up is counted")
    func missed() throws {
        var breaker = try Self.opened { $0.growth = 1 }
        for _ in 0..<100 {
            let now = try #require(breaker.nextDeadline)
            try Self.fail(&breaker, at: now)
        }
        let kept = Self.transitions(&breaker)
        #expect(kept.count == 64)
        #expect(breaker.transitionsMissed == 1 + 2 * 100 - 64)
        #expect(kept.last?.to == breaker.state, "the newest are kept")
    }

    @Test("any outcomes at any times keep the law of the states", arguments: 0..<32 as Range<UInt64>)
    func law(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var breaker = Self.breaker()
        var now: Int64 = 0
        var permits: [CircuitBreaker.Permit] = []
        var admitted = 0
        var last = Instant.start
        for step in 0..<2000 as Range<UInt64> {
            let draw = random.draw(rule: 0, flow: 0, sequence: step)
            now += Int64(draw % 40)
            switch (draw >> 32) % 4 {
            case 0, 1: if let permit = breaker.attempt(at: Self.at(now)) { permits.append(permit) }
            case 2:
                if !permits.isEmpty {
                    breaker.recordSuccess(permits.remove(at: Int(draw >> 40) % permits.count), at: Self.at(now))
                }
            default:
                if !permits.isEmpty {
                    breaker.recordFailure(permits.remove(at: Int(draw >> 40) % permits.count), at: Self.at(now))
                }
            }
            switch breaker.state {
            case .closed(let failures): #expect(failures < 3, "seed \(seed), step \(step)")
            case .open(let until):
                #expect(until <= Self.at(now) + .milliseconds(1000), "seed \(seed), step \(step): open for a bounded time")
            case .halfOpen(let probes, let successes):
                #expect(probes <= 3 && successes < 2 && successes <= probes, "seed \(seed), step \(step)")
                admitted += 1
            }
            while let transition = breaker.pollTransition() {
                #expect(transition.instant >= last, "seed \(seed), step \(step): changes are in order of time")
                last = transition.instant
            }
        }
        #expect(admitted > 0, "seed \(seed): the load must have reached half-open")
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let field: String
        let change: @Sendable (inout BreakerConfiguration) -> Void
        var testDescription: String { field }
    }

    @Test(
        "a configuration out of range names the field",
        arguments: [
            Case(field: "failureThreshold") { $0.failureThreshold = 0 },
            Case(field: "failureThreshold") { $0.failureThreshold = 65 },
            Case(field: "failureWindow") { $0.failureWindow = 2 },
            Case(field: "failureWindow") { $0.failureWindow = 65 },
            Case(field: "probeLimit") { $0.probeLimit = 0 },
            Case(field: "successThreshold") { $0.successThreshold = 4 },
            Case(field: "probeTimeout") { $0.probeTimeout = .zero },
            Case(field: "openFor") { $0.openFor = .zero },
            Case(field: "growth") { $0.growth = 0 },
            Case(field: "maximumOpenFor") { $0.maximumOpenFor = .milliseconds(999) },
        ])
    func configuration(row: Case) throws {
        var configuration = BreakerConfiguration()
        try configuration.validate()
        row.change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.field == row.field)
    }
}
