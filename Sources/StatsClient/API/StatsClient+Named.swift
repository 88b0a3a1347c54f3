public import StatsBuffers
public import StatsModel

/// Recording by name, for code that has no place to keep a handle. The first call with a name and its tags registers the metric
/// with a lock. Later calls find it without a lock.
///
/// Tags come in two forms:
///
///     client.increment("http.requests", tags: [("env", "prod"), ("code", code)])   // allocates nothing
///     client.increment("http.requests", tags: ["env": "prod", "code": code])
///
/// The first form is an inline array, whose pairs lie on the caller's stack. The second form builds a dictionary at each call.
/// Its allocation and the hashing of its keys cost several times as much as the recording itself.
extension StatsClient {
    /// A tag's key and value. A tag that is a single word has an empty value.
    public typealias Tag = (String, String)

    /// Adds `amount` to a counter. Returns whether the event was buffered, or why it was refused. Allocates nothing once the
    /// metric is known.
    @discardableResult @inlinable
    public func increment<let count: Int>(
        _ name: String, by amount: Double = 1, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.counter, name, amount, tags.span) }

    /// Sets a gauge's level. Returns whether the event was buffered, or why it was refused. Allocates nothing once the metric is
    /// known.
    @discardableResult @inlinable
    public func setGauge<let count: Int>(
        _ name: String, to value: Double, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.gauge, name, value, tags.span) }

    /// Records a timing. Returns whether the event was buffered, or why it was refused. Allocates nothing once the metric is
    /// known.
    @discardableResult @inlinable
    public func recordTiming<let count: Int>(
        _ name: String, milliseconds: Double, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.timing, name, milliseconds, tags.span) }

    /// Records a duration as a timing. Returns whether the event was buffered, or why it was refused. Allocates nothing once the
    /// metric is known.
    @discardableResult @inlinable
    public func recordTiming<let count: Int>(
        _ name: String, _ duration: Duration, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.timing, name, Timing.milliseconds(duration), tags.span) }

    /// Records a value in a histogram. Returns whether the event was buffered, or why it was refused. Allocates nothing once the
    /// metric is known.
    @discardableResult @inlinable
    public func recordHistogram<let count: Int>(
        _ name: String, _ value: Double, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.histogram, name, value, tags.span) }

    /// Records a value in a distribution. Returns whether the event was buffered, or why it was refused. Allocates nothing once
    /// the metric is known.
    @discardableResult @inlinable
    public func recordDistribution<let count: Int>(
        _ name: String, _ value: Double, tags: InlineArray<count, Tag>
    ) -> PushResult { record(.distribution, name, value, tags.span) }

    /// Adds `amount` to a counter. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func increment(_ name: String, by amount: Double = 1, tags: [String: String] = [:]) -> PushResult {
        record(.counter, name, amount, tags)
    }

    /// Sets a gauge's level. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func setGauge(_ name: String, to value: Double, tags: [String: String] = [:]) -> PushResult {
        record(.gauge, name, value, tags)
    }

    /// Records a timing. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func recordTiming(_ name: String, milliseconds: Double, tags: [String: String] = [:]) -> PushResult {
        record(.timing, name, milliseconds, tags)
    }

    /// Records a duration as a timing. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func recordTiming(_ name: String, _ duration: Duration, tags: [String: String] = [:]) -> PushResult {
        record(.timing, name, Timing.milliseconds(duration), tags)
    }

    /// Records a value in a histogram. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func recordHistogram(_ name: String, _ value: Double, tags: [String: String] = [:]) -> PushResult {
        record(.histogram, name, value, tags)
    }

    /// Records a value in a distribution. Returns whether the event was buffered, or why it was refused.
    @discardableResult
    public func recordDistribution(_ name: String, _ value: Double, tags: [String: String] = [:]) -> PushResult {
        record(.distribution, name, value, tags)
    }

    /// Records by a name and the tags of a span. O(their bytes). Allocates nothing once it was called with them.
    @usableFromInline
    func record(_ type: MetricType, _ name: String, _ value: Double, _ tags: Span<Tag>) -> PushResult {
        var hash = NameHash(type)
        hash.add(name)
        for index in tags.indices {
            hash.add(tags[index].0)
            hash.add(tags[index].1)
        }
        let known = NameTable.find(type, hash: hash.value, root: core.nameRoot) { entry in
            var offset = NameEntry.headerCount
            guard entry.stringCount == 1 + 2 * tags.count, entry.takes(name, at: &offset) else { return false }
            for index in tags.indices {
                guard entry.takes(tags[index].0, at: &offset), entry.takes(tags[index].1, at: &offset) else {
                    return false
                }
            }
            return true
        }
        if let known { return core.take(value, for: known.handle) }
        var pairs: [Tag] = []
        for index in tags.indices { pairs.append(tags[index]) }
        return core.take(value, for: register(type, name, pairs, hash: hash.value))
    }

    private func record(_ type: MetricType, _ name: String, _ value: Double, _ tags: [String: String]) -> PushResult {
        var hash = NameHash(type)
        hash.add(name)
        for (key, value) in tags {
            hash.add(key)
            hash.add(value)
        }
        // The dictionary's order only decides which entry finds the metric, and never which metric it is.
        let known = NameTable.find(type, hash: hash.value, root: core.nameRoot) { entry in
            var offset = NameEntry.headerCount
            guard entry.stringCount == 1 + 2 * tags.count, entry.takes(name, at: &offset) else { return false }
            for (key, value) in tags {
                guard entry.takes(key, at: &offset), entry.takes(value, at: &offset) else { return false }
            }
            return true
        }
        if let known { return core.take(value, for: known.handle) }
        return core.take(value, for: register(type, name, tags.map { ($0.key, $0.value) }, hash: hash.value))
    }

    @inline(never)
    private func register(_ type: MetricType, _ name: String, _ tags: [Tag], hash: UInt64) -> LiveHandle {
        let handle = core.handle(type, LiveStrings(name: name, tags: LiveStrings.join(tags)), rate: 1)
        var strings = [Array(name.utf8)]
        for (key, value) in tags {
            strings.append(Array(key.utf8))
            strings.append(Array(value.utf8))
        }
        core.names.insert(handle, hash: hash, strings: strings)
        return handle
    }
}

extension String {
    /// Gives the string's UTF-8 bytes without a copy. A string in another representation, like some on Apple's systems, is copied
    /// first.
    @inline(__always)
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        if let result = unsafe utf8.withContiguousStorageIfAvailable({ unsafe body($0.span) }) { return result }
        let copy = Array(utf8)
        return body(copy.span)
    }
}

extension NameHash {
    @inline(__always)
    fileprivate mutating func add(_ string: String) {
        self = string.withBytes { bytes in
            var hash = self
            hash.add(bytes)
            return hash
        }
    }
}

extension NameEntry {
    @inline(__always)
    fileprivate func takes(_ string: String, at offset: inout Int) -> Bool {
        let (isSame, end) = string.withBytes { bytes in
            var end = offset
            return (takes(bytes, at: &end), end)
        }
        offset = end
        return isSame
    }
}
