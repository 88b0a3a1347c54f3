import NetworkEmulator
import ReplayEngine
import StatsModel

/// Makes a failing run smaller as long as it fails for the same reason: fewer datagrams, fewer events, fewer faults.
///
/// Each kind of thing is reduced by a ``DeltaDebugger``: first whole rules. Then the capture is cut behind the first failure
/// that bisection finds, so that what follows is cheap, and the random draws are turned into packet numbers
/// (``Impairments/drop``, ``Impairments/only``). Numbers, datagrams, lines and rules are reduced in turn until none of them
/// gets smaller. Nothing in it is drawn, so the same question has the same answer.
struct Minimizer {
    /// How far it has come, for a progress line.
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
    /// The limit of runs kept something from being tried.
    private(set) var isCutShort = false
    /// Data packets that the run last tried sent.
    private var lastSent: UInt64 = 0
    private let progress: (Step) -> Void

    /// - Parameter record: of the whole run, which fails for this reason
    init(
        _ question: MinimizeQuestion, whole excerpt: CaptureExcerpt, _ record: RunRecord, _ reason: FailureReason,
        progress: @escaping (Step) -> Void
    ) {
        self.question = question
        self.reason = reason
        self.record = record
        self.progress = progress
        best = MinimizeCandidate(excerpt: excerpt, scenario: question.scenario)
    }

    /// Data packets that the smallest run so far sends.
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

    /// What the rounds make smaller.
    private var measure: [UInt64] {
        let network = best.scenario.impairments
        let numbers = (network.drop + (network.only ?? [])).map(\.lowerBound)
        return [
            UInt64(best.excerpt.count), record.ledger.offered.counts.total, network.faultCount(sent: sent),
            UInt64(best.scenario.parts(withEnds: true).count), numbers.reduce(0, &+),
        ]
    }

    /// Runs a candidate; one that fails for the same reason is the best from now on.
    mutating func attempt(_ candidate: MinimizeCandidate) -> Bool {
        guard runs < question.runLimit else {
            isCutShort = true
            return false
        }
        runs += 1
        let record = Replay.run(
            candidate.excerpt, of: question.capture, scenario: candidate.scenario, sabotage: question.sabotage)
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

    /// Delta debugging over `count` elements, each set of which `attempt` tries.
    mutating func reduce(_ count: Int, _ attempt: (inout Minimizer, [Int]) -> Bool) {
        var debugger = DeltaDebugger(count: count)
        while !isCutShort, let kept = debugger.pollCandidate() {
            debugger.handle(fails: attempt(&self, kept))
        }
    }

    /// Leaves out what limit or duration kept from being offered, and with it both of them.
    private mutating func cutToOffered() {
        let scenario = best.scenario
        guard scenario.loop == 1, scenario.limit != nil || scenario.duration != nil else { return }
        let offered = min(best.excerpt.count, Int(clamping: record.source.datagrams))
        _ = attempt(
            MinimizeCandidate(
                excerpt: best.excerpt.keeping(0..<offered), scenario: scenario.without([.limit, .duration])))
    }

    /// Keeps the first datagrams only, as few as bisection finds. O(log datagrams) runs.
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

    /// Lines, and values of lines; of sequenced packets once they are said in text, where that fails as well.
    private mutating func reduceEvents() {
        if let text = best.excerpt.asText() {
            var scenario = best.scenario
            // A packet's level below zero is one in text only for Datadog's dialect, and no tag may say that it is.
            if scenario.dialect == .auto, text.isReadAsChanges(since: best.excerpt) { scenario.dialect = .datadog }
            _ = attempt(MinimizeCandidate(excerpt: text, scenario: scenario))
        }
        let pieces = ExcerptPieces(best.excerpt)
        guard pieces.count > best.excerpt.count else { return }
        reduce(pieces.count) { minimizer, kept in
            minimizer.attemptMoving(pieces.keeping(kept), kept, of: pieces.count)
        }
    }

    /// Tries a smaller capture; where it sends fewer packets, also with the chosen packets moved down by as many: all of
    /// them, and those behind the place where something was left out.
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
            // Rules that may strike nothing are no smaller failure but none, and no command line can say that.
            if moved.only?.isEmpty == true { continue }
            candidate.scenario.impairments = moved
            if moved != network, attempt(candidate) { return true }
        }
        return false
    }
}
