import StatsModel

/// Creates handles. Create each handle once, when the code is set up. This registers the metric in the client, under a lock.
///
/// Tags have the two forms that calls by name take as well: a dictionary, or pairs in an inline array.
///
///     client.counter("http.requests", tags: ["env": "prod"])
///     client.counter("http.requests", tags: [("env", "prod")])
///
/// The order of tags makes no difference. Commas, bars and line ends in them become underscores.
extension StatsClient {
    /// A handle for a counter. `sampleRate` is the share of increments that is sent. The server divides by it.
    ///
    /// Traps unless `sampleRate` is above 0 and at most 1.
    public func counter(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Counter {
        Counter(core: core, handle: handle(.counter, name, LiveStrings.join(tags), sampleRate))
    }
    /// The same. Traps unless `sampleRate` is above 0 and at most 1.
    public func counter<let count: Int>(
        _ name: String, tags: InlineArray<count, Tag>, sampleRate: Double = 1
    ) -> Counter {
        Counter(core: core, handle: handle(.counter, name, LiveStrings.join(tags.span), sampleRate))
    }

    /// A handle for a level.
    public func gauge(_ name: String, tags: [String: String] = [:]) -> Gauge {
        Gauge(core: core, handle: handle(.gauge, name, LiveStrings.join(tags), 1))
    }
    /// The same.
    public func gauge<let count: Int>(_ name: String, tags: InlineArray<count, Tag>) -> Gauge {
        Gauge(core: core, handle: handle(.gauge, name, LiveStrings.join(tags.span), 1))
    }

    /// A handle for durations. Traps unless `sampleRate` is above 0 and at most 1.
    public func timing(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Timing {
        Timing(core: core, handle: handle(.timing, name, LiveStrings.join(tags), sampleRate))
    }
    /// The same. Traps unless `sampleRate` is above 0 and at most 1.
    public func timing<let count: Int>(
        _ name: String, tags: InlineArray<count, Tag>, sampleRate: Double = 1
    ) -> Timing {
        Timing(core: core, handle: handle(.timing, name, LiveStrings.join(tags.span), sampleRate))
    }

    /// A handle for values whose distribution each server computes for itself. Traps unless `sampleRate` is above 0 and at most
    /// 1.
    public func histogram(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Histogram {
        Histogram(core: core, handle: handle(.histogram, name, LiveStrings.join(tags), sampleRate))
    }
    /// The same. Traps unless `sampleRate` is above 0 and at most 1.
    public func histogram<let count: Int>(
        _ name: String, tags: InlineArray<count, Tag>, sampleRate: Double = 1
    ) -> Histogram {
        Histogram(core: core, handle: handle(.histogram, name, LiveStrings.join(tags.span), sampleRate))
    }

    /// A handle for values whose distribution is computed over all hosts. Traps unless `sampleRate` is above 0 and at most 1.
    public func distribution(_ name: String, tags: [String: String] = [:], sampleRate: Double = 1) -> Distribution {
        Distribution(core: core, handle: handle(.distribution, name, LiveStrings.join(tags), sampleRate))
    }
    /// The same. Traps unless `sampleRate` is above 0 and at most 1.
    public func distribution<let count: Int>(
        _ name: String, tags: InlineArray<count, Tag>, sampleRate: Double = 1
    ) -> Distribution {
        Distribution(core: core, handle: handle(.distribution, name, LiveStrings.join(tags.span), sampleRate))
    }

    /// A handle for a set, in which each member counts once.
    public func memberSet(_ name: String, tags: [String: String] = [:]) -> MemberSet {
        memberSet(name, joined: LiveStrings.join(tags))
    }
    /// The same.
    public func memberSet<let count: Int>(_ name: String, tags: InlineArray<count, Tag>) -> MemberSet {
        memberSet(name, joined: LiveStrings.join(tags.span))
    }

    private func memberSet(_ name: String, joined tags: String) -> MemberSet {
        let handle = handle(.set, name, tags, 1)
        let bytes = Array(name.utf8)
        let isCritical = core.configuration.priorities.priority(of: .set, name: bytes.span) == .critical
        return MemberSet(
            core: core, name: name, tags: tags, refusal: handle.metric == nil ? handle.refusal : nil, isCritical: isCritical)
    }

    private func handle(_ type: MetricType, _ name: String, _ tags: String, _ rate: Double) -> LiveHandle {
        core.handle(type, LiveStrings(name: name, tags: tags), rate: rate)
    }
}
