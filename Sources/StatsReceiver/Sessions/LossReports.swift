/// Reports of lost and recovered numbers that wait for the caller to poll them. Bounded: beyond the bound a report is left out,
/// and its numbers are counted.
struct LossReports: Sendable {
    private var lost: [LostRange] = []
    private var lostHead = 0
    private var recovered: [LostRange] = []
    private var recoveredHead = 0
    /// The count of numbers whose loss or recovery was not reported because too many reports waited to be polled.
    private(set) var unreported: UInt64 = 0
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func recordLost(_ range: LostRange) {
        unreported += Self.append(range, to: &lost, from: lostHead, limit: limit)
    }

    mutating func recordRecovered(_ range: LostRange) {
        unreported += Self.append(range, to: &recovered, from: recoveredHead, limit: limit)
    }

    mutating func pollLost() -> LostRange? { Self.poll(&lost, &lostHead) }
    mutating func pollRecovered() -> LostRange? { Self.poll(&recovered, &recoveredHead) }

    /// Joins `range` to the newest report if it continues that report, or else appends it. Returns the count of numbers that were
    /// left out.
    private static func append(_ range: LostRange, to reports: inout [LostRange], from head: Int, limit: Int) -> UInt64 {
        if let last = reports.last, last.session == range.session, last.source == range.source,
            last.to < range.from, range.from - last.to == 1
        {
            reports[reports.count - 1] = LostRange(
                source: last.source, session: last.session, from: last.from, to: range.to)
            return 0
        }
        guard reports.count - head < limit else { return range.to - range.from + 1 }
        reports.append(range)
        return 0
    }

    private static func poll(_ reports: inout [LostRange], _ head: inout Int) -> LostRange? {
        guard head < reports.count else { return nil }
        let range = reports[head]
        head += 1
        if head == reports.count {
            reports.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256, head * 2 >= reports.count {
            reports.removeFirst(head)
            head = 0
        }
        return range
    }
}
