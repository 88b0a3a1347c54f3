public import StatsModel
public import StatsPipeline
import StatsWire

extension StatsClient {
    /// What bounds and shapes a live client: what a ``ClientPipeline`` is made of, and the threads and sockets around it.
    /// The default takes less than 2 MB with four threads that record.
    @dynamicMemberLookup
    public struct Configuration: Sendable, Equatable {
        /// Slots for each thread that records, a power of two; 32 bytes each, allocated when the thread first records.
        public var threadBufferCapacity = 4096
        /// Threads that have a buffer of their own; those beyond it share one more, behind a lock.
        public var threadLimit = 64
        /// The socket's buffer; nil leaves it to the system.
        public var sendBufferByteCount: Int?
        /// How long packets wait for a full socket before they are given up.
        public var maximumSendWait = Nanoseconds.milliseconds(20)
        /// Significant digits of the latencies that ``StatsClient/exportMetrics()`` tells: 2 (six histograms of 42 KiB) or 1 (of 6).
        public var latencyDigits = 2

        /// A ``ClientConfiguration/aggregation`` for a service: handles without a sample rate add up in place, and so do
        /// calls by name; what goes out, once an ``AggregatorConfiguration/interval``, stands for as many events as went
        /// into it. What cannot be added up (a metric beyond the limit, a gauge's changes, a number that is not finite,
        /// timings unless they are summarised) is sent event by event.
        ///
        /// What four threads need without meeting: 1024 metrics in 8 stripes, half a MiB, and 1024 members of sets, 0.2 MB.
        public static var standardAggregation: AggregatorConfiguration {
            var aggregation = AggregatorConfiguration()
            aggregation.metricLimit = 1024
            aggregation.stripeCount = 8
            aggregation.memberByteLimit = 1 << 15
            return aggregation
        }

        /// The pipeline behind the threads' buffers: batches, strategy, breaker, second copies, limits.
        ///
        /// Its buffer holds what the threads' buffers were emptied of while nothing can be sent; there the drop strategy
        /// decides. Its `memoryLimit` bounds the whole live client, threads' buffers and metrics' names included: what a metric
        /// or a thread beyond it records is refused as `memory_limit`.
        public var pipeline: ClientConfiguration

        /// The default, which is the standard preset: a small buffer behind the threads' own, and packets as full as they
        /// get within 0.1 s.
        public init() { self.init(preset: .standard) }

        /// A service that ends does not wait for long for a receiver which never answered.
        private static let unansweredLimit = Nanoseconds.milliseconds(500)

        /// That pipeline, and threads and sockets as in the default.
        public init(pipeline: ClientConfiguration) { self.pipeline = pipeline }

        /// A preset of the pipeline; see ``ClientPreset`` for what each is for.
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
                // Threads' buffers, texts on their way and packets at the socket share the preset's limit with the pipeline.
                threadBufferCapacity = 256
                latencyDigits = 1
                pipeline.bufferCapacity = 512
                // Twice the longest event, so that an empty pool takes it wherever the last one ended.
                pipeline.textCapacity = 2 * (pipeline.largeEventLimit + 512)
                pipeline.reliability?.historyCapacity = 1 << 14
            case .highThroughput: pipeline.aggregation = Self.standardAggregation
            case .reliable, .realTime, .mixedWorkload, .highCardinality, .unreliableNetwork, .parity, .bare:
                break
            }
        }

        public static let standard = Configuration(preset: .standard)
        public static let highThroughput = Configuration(preset: .highThroughput)
        public static let reliable = Configuration(preset: .reliable)
        public static let lowMemory = Configuration(preset: .lowMemory)

        /// Throws the first field that is outside its range.
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
            // With less than one thread needs nobody could record.
            if let memoryLimit = pipeline.memoryLimit {
                try ClientConfiguration.check("memoryLimit", memoryLimit, in: fixedMemory + threadMemory...1 << 40)
            }
        }
    }
}

extension StatsClient.Configuration {
    /// The pipeline's fields by their own names: `configuration.batchSize` is `configuration.pipeline.batchSize`.
    public subscript<Value>(dynamicMember field: WritableKeyPath<ClientConfiguration, Value>) -> Value {
        get { pipeline[keyPath: field] }
        set { pipeline[keyPath: field] = newValue }
    }
}

/// What it costs.
extension StatsClient.Configuration {
    /// What the pipeline is made with: the account of memory is kept by the live client, for both.
    var workerPipeline: ClientConfiguration {
        var inner = pipeline
        inner.memoryLimit = nil
        // Servers of text do not answer.
        if inner.format.dialect != nil { inner.reliability = nil }
        return inner
    }

    /// Bytes of one thread's buffer.
    var threadMemory: Int { 256 + threadBufferCapacity * MemoryLayout<StatEvent>.stride }

    /// Bytes that are allocated when the client is made: pipeline, texts on their way, packets on theirs, histograms.
    public var fixedMemory: Int {
        let links = LiveLink.memory(pipeline) * (pipeline.redundancy == .none ? 1 : 2)
        let texts = 2 * LiveTexts.memory(byteLimit: pipeline.textCapacity)
        let names = NameTable.byteCount(slots: NameTable.firstSlotCount) + threadLimit * 8
        let books = workerPipeline.breaker == nil ? Self.clientItself : Self.clientItself + Self.outcomeMemory
        return workerPipeline.fixedMemory + links + texts + names + LiveHistograms.memory(digits: latencyDigits) + books
    }

    /// The registry's empty table and rows, books of packets under way, locks, the thread, and what the heap adds to each block;
    /// and, where a breaker asks, what became of each packet. Measured: 2 to 11 KB, and 18 KB with a breaker.
    private static let clientItself = 16_384
    private static let outcomeMemory = 12_288

    /// Bytes that one metric takes at most whose name and tags have that many bytes: as the pipeline knows it, as the
    /// recorders do, and as two ways to write it by name.
    static func metricMemory(nameLength: Int) -> Int {
        2 * ClientConfiguration.metricMemory(nameLength: nameLength) + namedMemory(nameLength: nameLength)
    }

    /// Of those, what writing it by name takes: two entries of up to six tags, and their places in tables (``NameTable``).
    static func namedMemory(nameLength: Int) -> Int { 2 * (nameLength + 256) }

    /// Bytes this client allocates at most while `threads` threads record so many metrics of that length.
    public func memoryBudget(threads: Int, metrics: Int = 0, nameLength: Int = 48) -> Int {
        let rings = min(threads, threadLimit) + (threads > threadLimit ? 1 : 0)
        let whole =
            fixedMemory + rings * threadMemory + min(metrics, pipeline.metricLimit) * Self.metricMemory(nameLength: nameLength)
        return min(whole, pipeline.memoryLimit ?? whole)
    }

    /// Bytes that are allocated while so many threads have recorded and the catalogs take so much.
    func memoryInUse(threads: Int, catalogs: Int) -> Int { fixedMemory + threads * threadMemory + catalogs }

    /// The budget as a person reads it: "this client will use 1.0 MB with 4 threads".
    public func memoryDescription(threads: Int) -> String {
        let tenths = (memoryBudget(threads: threads) + 50_000) / 100_000
        return "this client will use \(tenths / 10).\(tenths % 10) MB with \(threads) threads"
    }
}
