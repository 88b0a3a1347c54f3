import StatsModel
import StatsPipeline

/// The strategy for a full buffer in a client's document: `newest`, `oldest`, `by_priority` or `{by_priority: 90%}` (low priority
/// is refused from this fill level on), `sampled` or `{sampled: {75%: 50%, 90%: 10%}}` (the share of events that is kept from
/// each fill level on).
enum StrategyDocument {
    private static let allowed = "newest, oldest, by_priority, sampled, {by_priority: 90%} or {sampled: {75%: 50%, 90%: 10%}}"

    static func write(_ strategy: DropStrategy) -> DocumentValue {
        switch strategy {
        case .newest: .text("newest")
        case .oldest: .text("oldest")
        case .byPriority(let fill): .table([.init("by_priority", .text(fill.description))])
        case .sampled(let plan):
            .table([
                .init(
                    "sampled",
                    .table(plan.steps.map { .init($0.fill.description, .text($0.keep.description)) }))
            ])
        }
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> DropStrategy {
        switch value {
        case .text("newest"): return .newest
        case .text("oldest"): return .oldest
        case .text("by_priority"): return .mixedWorkload
        case .text("sampled"): return .highCardinality
        case .text, .list: throw DocumentReader.wrong(value, allowed)
        case .table(let entries):
            guard entries.count == 1 else { throw DocumentReader.wrong(value, allowed) }
            do throws(DocumentError) {
                switch entries[0].name {
                case "by_priority": return .byPriority(lowRefusedFrom: try DocumentReader.ratio(entries[0].value))
                case "sampled": return .sampled(try plan(entries[0].value))
                default: throw DocumentError(line: nil, path: "", reason: "is no strategy; allowed is \(allowed)")
                }
            } catch {
                throw error.inside(entries[0])
            }
        }
    }

    /// Refuses every plan on which ``SamplingPlan`` would trap.
    private static func plan(_ value: DocumentValue) throws(DocumentError) -> SamplingPlan {
        let rule = "shares above zero that fall while the fill rises, such as {75%: 50%, 90%: 10%}"
        var steps: [SamplingPlan.Step] = []
        for entry in try DocumentReader.table(value) {
            do throws(DocumentError) {
                let fill = try DocumentReader.ratio(.text(entry.name))
                let keep = try DocumentReader.ratio(entry.value)
                if let last = steps.last, last.fill.percent >= fill.percent || last.keep.percent <= keep.percent {
                    throw DocumentReader.wrong(value, rule)
                }
                if keep.isZero { throw DocumentReader.wrong(value, rule) }
                steps.append(SamplingPlan.Step(fill: fill, keep: keep))
            } catch {
                throw error.inside(entry)
            }
        }
        return SamplingPlan(steps)
    }
}

/// Priorities in a client's document: `none`, or lists of names under `critical`, `high` and `low`.
enum PrioritiesDocument {
    static func write(_ rules: PriorityRules) -> DocumentValue {
        if rules.isEmpty { return .text("none") }
        let lists = [("critical", rules.critical), ("high", rules.high), ("low", rules.low)]
        return .table(lists.filter { !$0.1.isEmpty }.map { .init($0.0, .list($0.1.map(\.text))) })
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> PriorityRules {
        var rules = PriorityRules()
        if value == .text("none") { return rules }
        try DocumentReader.fields(
            value, of: &rules,
            [
                ("critical", { (value, rules) throws(DocumentError) in rules.critical = try patterns(value) }),
                ("high", { (value, rules) throws(DocumentError) in rules.high = try patterns(value) }),
                ("low", { (value, rules) throws(DocumentError) in rules.low = try patterns(value) }),
            ])
        return rules
    }

    private static func patterns(_ value: DocumentValue) throws(DocumentError) -> [MetricPattern] {
        try DocumentReader.list(value).map { MetricPattern($0) }
    }
}

/// The circuit breaker in a client's document: `none`, `standard`, or a table of the differences from the standard breaker.
enum BreakerDocument {
    static func write(_ breaker: BreakerConfiguration?) -> DocumentValue {
        guard let breaker else { return .text("none") }
        return .table([
            .init("failure_threshold", .text(String(breaker.failureThreshold))),
            .init("failure_window", .text(String(breaker.failureWindow))),
            .init("success_threshold", .text(String(breaker.successThreshold))),
            .init("probe_limit", .text(String(breaker.probeLimit))),
            .init("probe_timeout", .text(Nanoseconds(breaker.probeTimeout).description)),
            .init("open_for", .text(Nanoseconds(breaker.openFor).description)),
            .init("growth", .text(String(breaker.growth))),
            .init("maximum_open_for", .text(Nanoseconds(breaker.maximumOpenFor).description)),
        ])
    }

    static func read(_ value: DocumentValue) throws(DocumentError) -> BreakerConfiguration? {
        var breaker = BreakerConfiguration()
        if value == .text("none") { return nil }
        if value == .text("standard") { return breaker }
        typealias Breaker = BreakerConfiguration
        try DocumentReader.fields(
            value, of: &breaker,
            [
                ("failure_threshold", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.failureThreshold = try DocumentReader.integer(value) }),
                ("failure_window", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.failureWindow = try DocumentReader.integer(value) }),
                ("success_threshold", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.successThreshold = try DocumentReader.integer(value) }),
                ("probe_limit", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.probeLimit = try DocumentReader.integer(value) }),
                ("probe_timeout", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.probeTimeout = try DocumentReader.time(value).duration }),
                ("open_for", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.openFor = try DocumentReader.time(value).duration }),
                ("growth", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.growth = try DocumentReader.integer(value) }),
                ("maximum_open_for", { (value, breaker: inout Breaker) throws(DocumentError) in
                    breaker.maximumOpenFor = try DocumentReader.time(value).duration }),
            ])
        return breaker
    }
}
