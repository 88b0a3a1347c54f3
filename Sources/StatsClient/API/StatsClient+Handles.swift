public import StatsBuffers
import StatsModel
import StatsPipeline
import SystemIO

extension StatsClient {
    /// Adds up. Made once by ``counter(_:tags:sampleRate:)``.
    public struct Counter: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        @discardableResult public func increment(by amount: Double = 1) -> PushResult { core.add(amount, to: handle) }
    }

    /// A level.
    public struct Gauge: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        @discardableResult public func set(_ value: Double) -> PushResult { core.set(value, of: handle) }
        /// Changes the level by that much.
        @discardableResult public func adjust(by change: Double) -> PushResult {
            core.adjust(handle, by: change)
        }
    }

    /// A duration; milliseconds on the wire.
    public struct Timing: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        @discardableResult public func record(milliseconds: Double) -> PushResult {
            core.summarise(milliseconds, in: handle)
        }
        @discardableResult public func record(nanoseconds: Int64) -> PushResult {
            core.summarise(Double(nanoseconds) / 1e6, in: handle)
        }
        @discardableResult public func record(_ duration: Duration) -> PushResult {
            let (seconds, attoseconds) = duration.components
            return core.summarise(Double(seconds) * 1e3 + Double(attoseconds) / 1e15, in: handle)
        }
        /// Records how long `body` takes, also where it throws.
        public func measure<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
            let start = core.clock.now
            defer { record(nanoseconds: (core.clock.now - start).rawValue) }
            return try body()
        }
        /// The same for what waits; the time it waits counts.
        public func measure<Result, Failure: Error>(
            isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> Result
        ) async throws(Failure) -> Result {
            let start = core.clock.now
            defer { record(nanoseconds: (core.clock.now - start).rawValue) }
            return try await body()
        }
    }

    /// Values whose spread matters; aggregated by each server.
    public struct Histogram: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        @discardableResult public func record(_ value: Double) -> PushResult { core.summarise(value, in: handle) }
    }

    /// Values whose spread matters; aggregated over all hosts.
    public struct Distribution: Sendable {
        let core: LiveCore
        let handle: LiveHandle
        @discardableResult public func record(_ value: Double) -> PushResult { core.summarise(value, in: handle) }
    }

    /// Members, each of which counts once. Inserting takes a lock and copies the text.
    public struct MemberSet: Sendable {
        let core: LiveCore
        let name: String
        let tags: String
        /// Why there was no room for the metric; nil where there was.
        let refusal: LossCause?
        let isCritical: Bool
        @discardableResult public func insert(_ member: String) -> PushResult {
            let strings = LiveStrings(name: name, tags: tags, text: member)
            if let refusal { return core.refuseText(refusal, .set, strings) }
            return core.recordText(.set, strings, isCritical: isCritical)
        }
    }

    public func counter(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Counter {
        Counter(core: core, handle: handle(.counter, name, tags, sampleRate))
    }
    public func gauge(_ name: String, tags: [String: String] = [:]) -> Gauge {
        Gauge(core: core, handle: handle(.gauge, name, tags, 1))
    }
    public func timing(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Timing {
        Timing(core: core, handle: handle(.timing, name, tags, sampleRate))
    }
    public func histogram(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Histogram {
        Histogram(core: core, handle: handle(.histogram, name, tags, sampleRate))
    }
    public func distribution(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Distribution {
        Distribution(core: core, handle: handle(.distribution, name, tags, sampleRate))
    }
    public func set(_ name: String, tags: [String: String] = [:]) -> MemberSet {
        let tags = LiveStrings.join(tags)
        let handle = core.handle(.set, LiveStrings(name: name, tags: tags), rate: 1)
        let bytes = Array(name.utf8)
        let isCritical = core.configuration.priorities.priority(of: .set, name: bytes.span) == .critical
        return MemberSet(
            core: core, name: name, tags: tags, refusal: handle.metric == nil ? handle.refusal : nil, isCritical: isCritical)
    }

    private func handle(_ type: MetricType, _ name: String, _ tags: [String: String], _ rate: Double) -> LiveHandle {
        core.handle(type, LiveStrings(name: name, tags: LiveStrings.join(tags)), rate: rate)
    }
}

/// Events and service checks: rare, with texts of their own.
extension StatsClient {
    /// How a service check turned out.
    public enum Status: UInt8, Sendable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3
    }

    @discardableResult
    public func event(title: String, text: String = "", tags: [String: String] = [:]) -> PushResult {
        core.recordText(.event, LiveStrings(name: title, tags: LiveStrings.join(tags), text: text))
    }
    @discardableResult
    public func serviceCheck(
        name: String, status: Status, message: String = "", tags: [String: String] = [:]
    ) -> PushResult {
        core.recordText(
            .serviceCheck, LiveStrings(name: name, tags: LiveStrings.join(tags), text: message),
            value: Double(status.rawValue))
    }
}
