import NetworkEmulator
import ReplayEngine
import StatsModel

/// Makes a failing run smaller while it keeps failing for the same reason: fewer datagrams, fewer events, fewer faults.
///
/// First, a ``DeltaDebugger`` removes whole rules. Then bisection finds a short beginning of the capture that still fails and
/// cuts the rest, which makes all later runs cheap. Then random draws become packet numbers (``Impairments/drop``,
/// ``Impairments/only``). After that, delta debugging reduces numbers, datagrams, lines and rules in turn until none of them gets
/// smaller. Nothing is random, so that the same question has the same answer.
struct Minimizer {
    /// The progress of a search, for a progress line.
    struct Step {
        var runs: Int
        var datagrams: Int
        var faults: UInt64
    }

    let question: MinimizeQuestion
    let reason: FailureReason
    private(set) var best: MinimizeCandidate
    private(set) var record: RunRecord
    private(set) var runs = 1
    /// True if the limit of runs prevented an attempt.
    private(set) var isCutShort = false
    /// The number of data packets sent in the last run.
    private var lastSent: UInt64 = 0
    private let progress: (Step) -> Void

    /// - Parameter record: the record of the whole run, which fails for this reason
    init(
        _ question: MinimizeQuestion, whole excerpt: CaptureExcerpt, _ record: RunRecord, _ reason: FailureReason,
        progress: @escaping (Step) -> Void
    ) {
        self.question = question
        self.reason = reason
        self.progress = progress
        // Each limit is judged by itself, so the other limits have no effect and are left out. The smallest capture may have no
        // metric that another pattern matches, and the command that repeats the run would then be refused.
        let limits = question.scenario.lossLimits.keeping(reason.limitSubject)
        var record = record
        record.scenario.lossLimits = limits
        self.record = record
        var scenario = question.scenario
        scenario.lossLimits = limits
        best = MinimizeCandidate(excerpt: excerpt, scenario: scenario)
    }

    /// The number of data packets that the smallest run so far sends.
    var sent: UInt64 { record.packets.sent }

    mutating func minimize() {
        cutToOffered()
        reduceParts(withEnds: false)
        shorten()
        decide()
        var size: [UInt64]
        repeat {
            size = measure
            reduceDecisions()
            lowerNumbers()
            reduceDatagrams()
            reduceEvents()
            reduceParts(withEnds: true)
            decide()
        } while measure != size && !isCutShort
    }

    /// The quantities that each round reduces.
    private var measure: [UInt64] {
        let network = best.scenario.impairments
        let numbers = (network.drop + (network.only ?? [])).map(\.lowerBound)
        return [
            UInt64(best.excerpt.count), record.ledger.offered.counts.total, network.faultCount(sent: sent),
            UInt64(best.scenario.parts(withEnds: true).count), numbers.reduce(0, &+),
        ]
    }

    /// Runs a candidate. If it fails for the same reason, it becomes the new best.
    mutating func attempt(_ candidate: MinimizeCandidate) -> Bool {
        guard runs < question.runLimit else {
            isCutShort = true
            return false
        }
        runs += 1
        let record = Replay.run(
            candidate.excerpt, of: question.capture, scenario: candidate.scenario, mutation: question.mutation)
        lastSent = record.packets.sent
        let isSame = Judgement(record).reasons.contains(reason)
        if isSame {
            best = candidate
            self.record = record
        }
        progress(
            Step(runs: runs, datagrams: best.excerpt.count, faults: best.scenario.impairments.faultCount(sent: sent)))
        return isSame
    }

    mutating func attempt(_ scenario: Scenario) -> Bool {
        attempt(MinimizeCandidate(excerpt: best.excerpt, scenario: scenario))
    }

    /// Delta debugging over `count` elements. `attempt` tries one set of elements.
    mutating func reduce(_ count: Int, _ attempt: (inout Minimizer, [Int]) -> Bool) {
        var debugger = DeltaDebugger(count: count)
        while !isCutShort, let kept = debugger.pollCandidate() {
            debugger.handle(fails: attempt(&self, kept))
        }
    }

    /// Removes datagrams that the limit or the duration kept from being offered, and then the limit and the duration.
    private mutating func cutToOffered() {
        let scenario = best.scenario
        guard scenario.loop == 1, scenario.limit != nil || scenario.duration != nil else { return }
        let offered = min(best.excerpt.count, Int(clamping: record.source.datagrams))
        _ = attempt(
            MinimizeCandidate(
                excerpt: best.excerpt.keeping(0..<offered), scenario: scenario.without([.limit, .duration])))
    }

    /// Keeps only the first datagrams, as few as bisection finds. O(log datagrams) runs.
    private mutating func shorten() {
        let whole = best.excerpt
        var holds = 0
        var fails = whole.count
        while fails - holds > 1 {
            let middle = holds + (fails - holds) / 2
            let candidate = MinimizeCandidate(excerpt: whole.keeping(0..<middle), scenario: best.scenario)
            if attempt(candidate) { fails = middle } else { holds = middle }
        }
    }

    private mutating func reduceParts(withEnds: Bool) {
        let scenario = best.scenario
        let parts = scenario.parts(withEnds: withEnds)
        reduce(parts.count) { minimizer, kept in
            minimizer.attempt(scenario.without(Set(parts).subtracting(kept.map { parts[$0] })))
        }
    }

    private mutating func reduceDatagrams() {
        let whole = best.excerpt
        reduce(whole.count) { minimizer, kept in
            minimizer.attemptMoving(whole.keeping(kept), kept, of: whole.count)
        }
    }

    /// Reduces lines, and values of lines. Sequenced packets are first rewritten as text, if the run still fails with it.
    private mutating func reduceEvents() {
        if let text = best.excerpt.asText() {
            var scenario = best.scenario
            // Text states a packet's negative gauge level only in Datadog's dialect, and there may be no tag that reveals the
            // dialect.
            if scenario.dialect == .auto, text.isReadAsChanges(since: best.excerpt) { scenario.dialect = .datadog }
            _ = attempt(MinimizeCandidate(excerpt: text, scenario: scenario))
        }
        let pieces = ExcerptPieces(best.excerpt)
        guard pieces.count > best.excerpt.count else { return }
        reduce(pieces.count) { minimizer, kept in
            minimizer.attemptMoving(pieces.keeping(kept), kept, of: pieces.count)
        }
    }

    /// Tries a smaller capture. If it sends fewer packets, the chosen packets are also tried with numbers lowered by the
    /// difference: all of them, and only those after the removed part.
    private mutating func attemptMoving(_ excerpt: CaptureExcerpt, _ kept: [Int], of count: Int) -> Bool {
        var candidate = MinimizeCandidate(excerpt: excerpt, scenario: best.scenario)
        let before = sent
        if attempt(candidate) { return true }
        let network = candidate.scenario.impairments
        guard lastSent < before, !(network.drop.isEmpty && network.only == nil) else { return false }
        let distance = before - lastSent
        let firstGone = kept.indices.first { kept[$0] != $0 } ?? kept.count
        var places: [UInt64] = [0]
        let place = UInt64(firstGone) * before / UInt64(max(1, count))
        if place > 0 { places.append(place) }
        for place in places {
            var moved = network
            moved.drop = ChosenPackets(network.drop, upTo: before).moved(behind: place, down: distance).ranges
            moved.only = network.only.map { ChosenPackets($0, upTo: before).moved(behind: place, down: distance).ranges }
            // A scenario whose random rules may hit no packet is not a smaller failure, and no command line can express it.
            if moved.only?.isEmpty == true { continue }
            candidate.scenario.impairments = moved
            if moved != network, attempt(candidate) { return true }
        }
        return false
    }
}
