import StatsModel

/// Hands over what a ``LocalAggregator`` added up, record by record, whenever there is room in a packet: so a flush needs
/// no buffer, and nothing that was added up is lost for want of one.
///
/// A record stands for the events that went into it. What leaves, by type:
///
/// | type | records |
/// |---|---|
/// | counter | the sum, at rate 1 |
/// | gauge | the latest value, of the time when it was set |
/// | set | each member once |
/// | timing, histogram, distribution | the minimum; the maximum; the mean of all others, at the rate 1 / their weight |
///
/// A value sampled at rate `r` weighs `1/r`. So at any server count, sum, minimum and maximum of a summary are those of
/// the single values; only what lies between is flattened. Two values leave as they came, and equal ones as one record.
struct AggregateFlush {
    private enum Phase {
        case idle
        case metrics(next: Int, members: Int)
        case members(next: Int, count: Int)
    }

    /// One record to come: so many events, of that weight together.
    private struct Part {
        var value = 0.0
        var count: UInt64 = 0
        var weight = 1.0
    }

    private var phase = Phase.idle
    private var metric = MetricID(0)
    private var isCounter = false
    private var parts = InlineArray<3, Part>(repeating: Part())
    private var partCount = 0
    private var timestamp: Int64 = 0
    /// Of the present record.
    private var recordTime: Int64 = 0
    /// Sums whose records are counted one flush later, since another thread was about to: values without an event.
    private var carried: [MetricID: Double] = [:]
    /// What another thread was recording could not be taken: the flush is to be repeated.
    private(set) var hasSkipped = false
    /// When this flush began.
    private(set) var began = Instant.start
    /// The member that ``first(of:)`` speaks of, where it is one.
    private(set) var member: Int?

    /// Whether a flush is under way; it may turn out that nothing is left of it.
    var isActive: Bool {
        switch phase {
        case .idle: false
        case .metrics, .members: true
        }
    }

    /// Whether a record is shown that has not gone: the packet before had no room for it.
    var hasRecord: Bool { partCount > 0 }

    /// What was skipped is left to others.
    mutating func forgetSkipped() { hasSkipped = false }

    /// - Parameter timestamp: nanoseconds since 1970, of all its records but those of gauges
    mutating func begin(of aggregator: LocalAggregator, timestamp: Int64, at now: Instant) {
        if isActive { preconditionFailure("one flush ends before the next begins") }
        self.timestamp = timestamp
        began = now
        hasSkipped = false
        phase = .metrics(next: 0, members: aggregator.flushMembers())
    }

    /// The record that goes next, the same until ``removeFirst()``; nil when the flush is over. Its text, where it is a
    /// set's member, is the aggregator's. O(metrics without a record).
    ///
    /// - Parameter knownCount: metrics that the caller knows; those with higher numbers are left for another flush
    mutating func first(of aggregator: LocalAggregator, knownCount: Int) -> StatEvent? {
        while partCount == 0 {
            switch phase {
            case .idle:
                return nil
            case .metrics(let next, let members):
                guard next < min(aggregator.registeredCount, knownCount) else {
                    phase = .members(next: 0, count: members)
                    continue
                }
                phase = .metrics(next: next + 1, members: members)
                if let record = aggregator.take(next, isBusy: &hasSkipped) { split(record) }
            case .members(let next, let count):
                guard next < count else {
                    phase = .idle
                    member = nil
                    return nil
                }
                phase = .members(next: next + 1, count: count)
                member = next
                aggregator.withMember(next) { set, count, _ in
                    metric = set
                    recordTime = timestamp
                    append(Part(value: 0, count: count))
                }
                isCounter = false
            }
        }
        return event(parts[partCount - 1])
    }

    /// The record that ``first(of:)`` showed has gone.
    mutating func removeFirst() {
        precondition(partCount > 0, "no record is shown")
        let part = parts[partCount - 1]
        let gone = min(part.count, UInt64(StatEvent.largestCount))
        guard gone < part.count else {
            partCount -= 1
            return
        }
        // More events than one record can stand for: another follows, with what is left.
        parts[partCount - 1].count -= gone
        parts[partCount - 1].weight -= part.weight * (Double(gone) / Double(part.count))
        if isCounter { parts[partCount - 1].value = 0 }
    }

    /// What a record of a gauge that is no longer aggregated leaves as, right away.
    static func event(of record: AggregateRecord) -> StatEvent {
        var flush = AggregateFlush()
        flush.split(record)
        return flush.event(flush.parts[0])
    }

    private func event(_ part: Part) -> StatEvent {
        let count = min(part.count, UInt64(StatEvent.largestCount))
        let weight = count == part.count ? part.weight : part.weight * (Double(count) / Double(part.count))
        return StatEvent(
            metric: metric, value: part.value, timestamp: recordTime, rate: weight > 1 ? 1 / weight : 1,
            count: UInt32(count))
    }

    private mutating func append(_ part: Part) {
        parts[partCount] = part
        partCount += 1
    }

    private mutating func split(_ record: AggregateRecord) {
        metric = record.metric
        member = nil
        isCounter = false
        recordTime = timestamp
        switch record.value {
        case .counter(let sum):
            isCounter = true
            let earlier = carried.isEmpty ? 0 : carried.removeValue(forKey: metric) ?? 0
            if record.recordCount == 0 {
                carried[metric] = earlier + sum
            } else {
                append(Part(value: earlier + sum, count: record.recordCount))
            }
        case .gauge(let latest, let time):
            recordTime = time
            append(Part(value: latest, count: record.recordCount))
        case .summary(let summary):
            split(summary, record.recordCount)
        }
    }

    private mutating func split(_ summary: ValueSummary, _ count: UInt64) {
        let (least, most, weight) = (summary.minimum, summary.maximum, summary.count)
        if count == 1 || least == most {
            append(Part(value: least, count: count, weight: weight))
        } else if count == 2 {
            // Two unknown weights, their sum and that of the values: what was recorded.
            let second = max(1, min(weight - 1, (summary.sum - weight * least) / (most - least)))
            append(Part(value: most, count: 1, weight: second))
            append(Part(value: least, count: 1, weight: weight - second))
        } else {
            append(Part(value: (summary.sum - least - most) / (weight - 2), count: count - 2, weight: weight - 2))
            append(Part(value: most, count: 1))
            append(Part(value: least, count: 1))
        }
    }
}
