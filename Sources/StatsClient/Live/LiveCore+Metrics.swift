import StatsModel
import StatsPipeline
import StatsWire

/// Registration of metrics.
extension LiveCore {
    /// Bytes of a catalog's keys and rows, including the reserve of growing arrays.
    static func byteCount(of catalog: borrowing MetricCatalog) -> Int { catalog.keyByteCount * 2 + catalog.rowCount * 128 }

    /// The bytes beyond those in the client's fixed memory.
    func catalogBytes(of catalog: borrowing MetricCatalog) -> Int { Self.byteCount(of: catalog) - reservedCatalogBytes }

    func handle(_ type: MetricType, _ strings: LiveStrings, rate: Double) -> LiveHandle {
        let bytes = strings.bytes.span
        var refusal = LossCause.metricLimit
        let (metric, keyHash) = registry.withLock { registry -> (MetricID?, UInt64) in
            let metric = register(type, strings, in: &registry, &refusal)
            return (metric, metric.map { registry.keyHash(of: $0) } ?? 0)
        }
        let hash =
            metric == nil
            ? EventContent.key(type, bytes, name: strings.name, tags: strings.tags, extra: strings.extra) : keyHash
        var handle = LiveHandle(type: type, metric: metric, keyHash: hash, rate: rate)
        handle.refusal = refusal
        if handle.rate == 1, let metric, let aggregator { handle.cell = aggregator.cell(of: metric, type) ?? 0 }
        return handle
    }

    /// The metric's number. nil if there is no room for it, with the reason in `refusal`.
    ///
    /// A metric's price (``StatsClient/Configuration/metricMemory(nameLength:)``) includes one more way to write it, with the
    /// same length. The registry keeps at most as many further ways as it has metrics. With a memory limit, further ways to write
    /// the same metric, and extra length, are paid for separately. A way that is not kept has its tags sorted at each call.
    private func register(
        _ type: MetricType, _ strings: LiveStrings, in registry: inout MetricCatalog, _ refusal: inout LossCause
    ) -> MetricID? {
        let bytes = strings.bytes.span
        let (name, tags, extra) = (strings.name, strings.tags, strings.extra)
        if let metric = registry.knownAsWritten(type, bytes, name: name, tags: tags, extra: extra) { return metric }
        if let metric = registry.known(type, bytes, name: name, tags: tags, extra: extra) {
            let hasRoom = registry.rowCount < 2 * registry.count
            let price = ClientConfiguration.aliasMemory(of: metric, in: registry, nameLength: bytes.count)
            guard hasRoom, memory?.reserve(price) != false else { return metric }
        } else if registry.count < registry.limit {
            let price = StatsClient.Configuration.metricMemory(nameLength: bytes.count)
            guard memory?.reserve(price) != false else {
                refusal = .memoryLimit
                return nil
            }
            names.allow(StatsClient.Configuration.namedMemory(nameLength: bytes.count))
        }
        return registry.intern(type, bytes, name: name, tags: tags, extra: extra)
    }
}
