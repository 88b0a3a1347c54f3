import StatsModel
public import StatsPipeline
import StatsWire

extension StatsClient {
    /// The settings of a live client: those of its ``ClientPipeline``, and those of the threads and sockets around it. The
    /// default client takes less than 2 MB with four recording threads.
    @dynamicMemberLookup
    public struct Configuration: Sendable, Equatable {
        /// The number of slots of each recording thread's buffer; a power of two. A slot takes 32 bytes, allocated when the
        /// thread first records.
        public var threadBufferCapacity = 4096
        /// The number of threads with a buffer of their own. All other threads share one more buffer with a lock.
        public var threadLimit = 64
        /// The size of the socket's send buffer. nil keeps the system's default.
        public var sendBufferByteCount: Int?
        /// The longest time that packets wait for a full socket. Then they are lost.
        public var maximumSendWait = Duration.milliseconds(20)
        /// Significant digits of the latencies in ``StatsClient/exportMetrics()``: 2 (six histograms of 42 KiB each) or 1 (of 6
        /// KiB each).
        public var latencyDigits = 2

        /// A ``ClientConfiguration/aggregation`` for a service. Handles without a sample rate and calls by name add their values
        /// up in place. Once per ``AggregatorConfiguration/interval`` a record goes out, which stands for as many events as were
        /// added. Some values cannot be added up: metrics beyond the limit, changes of a gauge, numbers that are not finite, and
        /// timings unless they are summarised. They are sent event by event.
        ///
        /// The sizes let four threads work without contention: 1024 metrics in 8 stripes take half a MiB, and 1024 members of
        /// sets take 0.2 MB.
        public static var standardAggregation: AggregatorConfiguration {
            var aggregation = AggregatorConfiguration()
            aggregation.metricLimit = 1024
            aggregation.stripeCount = 8
            aggregation.memberByteLimit = 1 << 15
            return aggregation
        }

        /// The pipeline that takes the events from the threads' buffers: batches, strategy, breaker, second copies, limits.
        ///
        /// Its buffer holds events while nothing can be sent, and the drop strategy applies to it. Its `memoryLimit` bounds the
        /// whole live client, with the threads' buffers and the metrics' names. A metric or thread beyond the limit has its
        /// events refused as `memory_limit`.
        public var pipeline: ClientConfiguration

        /// The standard preset: a small buffer in addition to the threads' buffers, and packets as full as possible within 0.1 s.
        public init() { self.init(preset: .standard) }

        /// The longest wait of a service at its end for a receiver that never answered.
        private static let unansweredLimit = Duration.milliseconds(500)

        /// A configuration with this pipeline, and the default threads and sockets.
        public init(pipeline: ClientConfiguration) { self.pipeline = pipeline }

        /// A configuration from a preset of the pipeline. ``ClientPreset`` describes the presets.
        public init(preset: ClientPreset) {
            self.init(pipeline: preset.configuration)
            pipeline.reliability?.unansweredLimit = Self.unansweredLimit
            switch preset {
            case .standard:
                pipeline.bufferCapacity = 1024
                pipeline.batchSize = 200
                pipeline.metricLimit = 1 << 14
                pipeline.textCapacity = 1 << 17
                pipeline.reliability?.criticalCapacity = 1 << 17
                pipeline.reliability?.historyCapacity = 1 << 17
            case .lowMemory:
                // The threads' buffers, waiting texts and packets at the socket share the preset's memory limit with the
                // pipeline.
                threadBufferCapacity = 256
                latencyDigits = 1
                pipeline.bufferCapacity = 512
                // Twice the longest event, so that an empty pool can take it wherever the last text ended.
                pipeline.textCapacity = 2 * (pipeline.largeEventLimit + 512)
                pipeline.reliability?.historyCapacity = 1 << 14
            case .highThroughput: pipeline.aggregation = Self.standardAggregation
            case .reliable, .realTime, .mixedWorkload, .highCardinality, .unreliableNetwork, .parity, .bare:
                break
            }
        }

        /// The preset `standard`, with balanced settings.
        public static let standard = Configuration(preset: .standard)
        /// The preset `highThroughput`, with ``standardAggregation``.
        public static let highThroughput = Configuration(preset: .highThroughput)
        /// The preset `reliable`, which sends every packet twice.
        public static let reliable = Configuration(preset: .reliable)
        /// The preset `lowMemory`, with a limit for all of the client's memory.
        public static let lowMemory = Configuration(preset: .lowMemory)

        /// Throws an error for the first field that is outside its range.
        public func validate() throws(ConfigurationError) {
            guard (2...1 << 24).contains(threadBufferCapacity), threadBufferCapacity & (threadBufferCapacity - 1) == 0
            else {
                throw ConfigurationError(
                    field: "threadBufferCapacity", value: "\(threadBufferCapacity)",
                    allowed: "a power of two from 2 to \(1 << 24)")
            }
            try ClientConfiguration.check("threadLimit", threadLimit, in: 1...1024)
            if let sendBufferByteCount {
                try ClientConfiguration.check("sendBufferByteCount", sendBufferByteCount, in: 1024...1 << 30)
            }
            try ClientConfiguration.check("maximumSendWait", maximumSendWait, in: .zero ... .seconds(60))
            try ClientConfiguration.check("latencyDigits", latencyDigits, in: LiveHistograms.digitRange)
            var unlimited = pipeline
            unlimited.memoryLimit = nil
            try unlimited.validate()
            // With less memory than one thread needs, no thread could record.
            if let memoryLimit = pipeline.memoryLimit {
                try ClientConfiguration.check("memoryLimit", memoryLimit, in: fixedMemory + threadMemory...1 << 40)
            }
        }
    }
}

extension StatsClient.Configuration {
    /// The pipeline's fields under their own names: `configuration.batchSize` is `configuration.pipeline.batchSize`.
    public subscript<Value>(dynamicMember field: WritableKeyPath<ClientConfiguration, Value>) -> Value {
        get { pipeline[keyPath: field] }
        set { pipeline[keyPath: field] = newValue }
    }
}

/// The memory that a client with this configuration takes.
extension StatsClient.Configuration {
    /// The configuration of the worker's pipeline. It has no memory limit, since the live client accounts for the memory of both.
    var workerPipeline: ClientConfiguration {
        var inner = pipeline
        inner.memoryLimit = nil
        // Servers of text send no acknowledgements.
        if inner.format.dialect != nil { inner.reliability = nil }
        return inner
    }

    /// Bytes of one thread's buffer.
    var threadMemory: Int { 256 + threadBufferCapacity * MemoryLayout<StatEvent>.stride }

    /// Bytes that are allocated when the client is created: the pipeline, waiting texts, packets at the sockets, and histograms.
    public var fixedMemory: Int {
        let links = LiveLink.memory(pipeline) * (pipeline.redundancy == .none ? 1 : 2)
        let texts = 2 * LiveTexts.memory(byteLimit: pipeline.textCapacity)
        let names = NameTable.byteCount(slots: NameTable.firstSlotCount) + threadLimit * 8
        let accounting = workerPipeline.breaker == nil ? Self.clientItself : Self.clientItself + Self.outcomeMemory
        return workerPipeline.fixedMemory + links + texts + names + LiveHistograms.memory(digits: latencyDigits) + accounting
    }

    /// The empty registry, the accounting of packets in flight, locks, the thread, the heap's overhead for each block, and the
    /// outcomes of packets if there is a breaker. Measured: 2 to 11 KB, and 18 KB with a breaker.
    private static let clientItself = 16_384
    private static let outcomeMemory = 12_288

    /// The most bytes for one metric whose name and tags have this length: in the pipeline, in the registry, and for two ways to
    /// write it by name.
    static func metricMemory(nameLength: Int) -> Int {
        2 * ClientConfiguration.metricMemory(nameLength: nameLength) + namedMemory(nameLength: nameLength)
    }

    /// The part of it for calls by name: two entries of up to six tags, and their places in tables (``NameTable``).
    static func namedMemory(nameLength: Int) -> Int { 2 * (nameLength + 256) }

    /// The most bytes that this client allocates while `threads` threads record this many metrics of this length.
    public func memoryBudget(threads: Int, metrics: Int = 0, nameLength: Int = 48) -> Int {
        let rings = min(threads, threadLimit) + (threads > threadLimit ? 1 : 0)
        let whole =
            fixedMemory + rings * threadMemory + min(metrics, pipeline.metricLimit) * Self.metricMemory(nameLength: nameLength)
        return min(whole, pipeline.memoryLimit ?? whole)
    }

    /// Bytes that are allocated while this many threads have recorded and the catalogs take this much.
    func memoryInUse(threads: Int, catalogs: Int) -> Int { fixedMemory + threads * threadMemory + catalogs }

    /// The budget as a sentence: "this client will use 1.0 MB with 4 threads".
    public func memoryDescription(threads: Int) -> String {
        let tenths = (memoryBudget(threads: threads) + 50_000) / 100_000
        return "this client will use \(tenths / 10).\(tenths % 10) MB with \(threads) threads"
    }
}
