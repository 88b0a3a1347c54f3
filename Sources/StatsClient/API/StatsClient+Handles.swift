public import StatsBuffers
import StatsModel
import StatsPipeline
import SystemIO

extension StatsClient {
    /// A counter, which adds up increments. Create it once with ``counter(_:tags:sampleRate:)`` and keep it.
    public struct Counter: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        /// Adds `amount`. It never waits. Returns whether the event was buffered, or why it was refused.
        @discardableResult public func increment(by amount: Double = 1) -> PushResult { core.add(amount, to: handle) }
    }

    /// A level. Made once by ``gauge(_:tags:)``.
    public struct Gauge: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        /// Sets the level. It never waits. Returns whether the event was buffered, or why it was refused.
        @discardableResult public func set(_ value: Double) -> PushResult { core.set(value, of: handle) }
        /// Changes the level by `change`.
        @discardableResult public func adjust(by change: Double) -> PushResult {
            core.adjust(handle, by: change)
        }
    }

    /// A timing, which measures durations. It has milliseconds on the wire. Create it once with ``timing(_:tags:sampleRate:)``
    /// and keep it.
    public struct Timing: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        /// Records a duration in milliseconds.
        @discardableResult public func record(milliseconds: Double) -> PushResult {
            core.summarise(milliseconds, in: handle)
        }
        /// Records a duration in nanoseconds.
        @discardableResult public func record(nanoseconds: Int64) -> PushResult {
            core.summarise(Double(nanoseconds) / 1e6, in: handle)
        }
        /// Records a duration.
        @discardableResult public func record(_ duration: Duration) -> PushResult {
            core.summarise(Self.milliseconds(duration), in: handle)
        }

        @usableFromInline static func milliseconds(_ duration: Duration) -> Double {
            let (seconds, attoseconds) = duration.components
            return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
        }
        /// Records the duration of `body`, even if it throws.
        public func measure<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
            let start = core.clock.now
            defer { record(nanoseconds: (core.clock.now - start).rawValue) }
            return try body()
        }
        /// Records the duration of an asynchronous `body`, including the time that it waits, even if it throws.
        public func measure<Result, Failure: Error>(
            isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> Result
        ) async throws(Failure) -> Result {
            let start = core.clock.now
            defer { record(nanoseconds: (core.clock.now - start).rawValue) }
            return try await body()
        }
    }

    /// A histogram, for values whose distribution matters. Each server aggregates it by itself. Create it once with
    /// ``histogram(_:tags:sampleRate:)`` and keep it.
    public struct Histogram: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        /// Records a value. It never waits. Returns whether the event was buffered, or why it was refused.
        @discardableResult public func record(_ value: Double) -> PushResult { core.summarise(value, in: handle) }
    }

    /// A distribution, for values whose distribution over all hosts matters. Create it once with
    /// ``distribution(_:tags:sampleRate:)`` and keep it.
    public struct Distribution: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        /// Records a value. It never waits. Returns whether the event was buffered, or why it was refused.
        @discardableResult public func record(_ value: Double) -> PushResult { core.summarise(value, in: handle) }
    }

    /// A set, which counts each different member once. Inserting takes a lock and copies the text. Create it once with
    /// ``memberSet(_:tags:)`` and keep it.
    public struct MemberSet: Sendable {
        let core: LiveCore
        let name: String
        let tags: String
        /// Why there was no room for the metric. nil if there was room.
        let refusal: LossCause?
        let isCritical: Bool
        /// Inserts a member. Returns whether the event was buffered, or why it was refused.
        @discardableResult public func insert(_ member: String) -> PushResult {
            let strings = LiveStrings(name: name, tags: tags, text: member)
            if let refusal { return core.refuseText(refusal, .set, strings) }
            return core.recordText(.set, strings, isCritical: isCritical)
        }
    }

}
