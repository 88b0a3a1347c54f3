import StatsModel

/// Hands over the sums of a ``LocalAggregator`` record by record, whenever there is room in a packet. A flush therefore needs no
/// buffer, and no sum is lost because a buffer is full.
///
/// A record stands for the events that were added into it. The records by type:
///
/// | type | records |
/// |---|---|
/// | counter | the sum, at rate 1 |
/// | gauge | the latest value, with the time when it was set |
/// | set | each member once |
/// | timing, histogram, distribution | the minimum; the maximum; the mean of all others, at the rate 1 / their weight |
///
/// A value sampled at rate `r` has the weight `1/r`. At any server, count, sum, minimum and maximum of a summary therefore equal
/// those of the single values. Only the distribution in between is lost. Two values leave unchanged, and equal values leave as
/// one record.
struct AggregateFlush {
    private enum Phase {
        case idle
        case metrics(next: Int, members: Int)
        case members(next: Int, count: Int)
    }

    /// One of the next records: the number of its events, and their weight.
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
    /// The timestamp of the present record.
    private var recordTime: Int64 = 0
    /// Values whose records are counted one flush later, because another thread was about to count them.
    private var carried: [MetricID: Double] = [:]
    /// Whether values were skipped because another thread was recording there. The flush must then be repeated.
    private(set) var hasSkipped = false
    /// The time at which this flush began.
    private(set) var began = Instant.start
    /// The member in ``first(of:knownCount:)``, if its record is a set's member.
    private(set) var member: Int?

    /// Whether a flush is under way. It may turn out that no record is left.
    var isActive: Bool {
        switch phase {
        case .idle: false
        case .metrics, .members: true
        }
    }

    /// Whether a record was shown and not removed, because the last packet had no room for it.
    var hasRecord: Bool { partCount > 0 }

    /// Leaves the skipped values to other flushes.
    mutating func forgetSkipped() { hasSkipped = false }

    /// - Parameter timestamp: the time of all its records except those of gauges, in nanoseconds since 1970
    mutating func begin(of aggregator: LocalAggregator, timestamp: Int64, at now: Instant) {
        if isActive { preconditionFailure("one flush ends before the next begins") }
        self.timestamp = timestamp
        began = now
        hasSkipped = false
        phase = .metrics(next: 0, members: aggregator.flushMembers())
    }

    /// The next record, which stays the same until ``removeFirst()``. nil if the flush is over. The text of a set's member stays
    /// in the aggregator. O(metrics without a record).
    ///
    /// - Parameter knownCount: the number of metrics that the caller knows; metrics with higher numbers are left for another
    ///   flush
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

    /// Removes the record that ``first(of:knownCount:)`` showed.
    mutating func removeFirst() {
        precondition(partCount > 0, "no record is shown")
        let part = parts[partCount - 1]
        let gone = min(part.count, UInt64(StatEvent.largestCount))
        guard gone < part.count else {
            partCount -= 1
            return
        }
        // There are more events than one record can stand for. Another record follows with the rest.
        parts[partCount - 1].count -= gone
        parts[partCount - 1].weight -= part.weight * (Double(gone) / Double(part.count))
        if isCounter { parts[partCount - 1].value = 0 }
    }

    /// The event for the waiting record of a gauge that is no longer aggregated. It is sent at once.
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
            // Two unknown weights, whose sum and weighted sum are known, give back the recorded values.
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
