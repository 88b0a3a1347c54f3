public import StatsModel
public import StatsWire

extension StatsClient {
    /// What bounds and shapes a live client. The default takes less than 2 MB with four threads that record.
    public struct Configuration: Sendable, Equatable {
        /// Slots for each thread that records, a power of two; 32 bytes each, allocated when the thread first records.
        public var threadBufferCapacity = 4096
        /// Threads that have a buffer of their own; those beyond it share one more, behind a lock.
        public var threadLimit = 64
        /// A packet is sent with at most this many events in it.
        public var batchSize = 200
        /// An event waits at most this long for others to share its packet.
        public var maximumBatchAge = Nanoseconds.milliseconds(100)
        /// Bytes of one datagram, header included.
        public var maximumPacketSize = 1472
        public var codec = PacketCodec.binary
        public var heartbeatInterval = Nanoseconds.seconds(1)
        /// Distinct metrics at most.
        public var metricLimit = 1 << 14
        /// Bytes for the texts of set members, events and service checks that wait.
        public var textCapacity = 1 << 17
        /// The socket's buffer; nil leaves it to the system.
        public var sendBufferByteCount: Int?
        /// How long the worker waits for a full socket before it gives a packet up.
        public var maximumSendWait = Nanoseconds.milliseconds(20)

        public init() {}

        /// Throws the first field that is outside its range.
        public func validate() throws(ConfigurationError) {
            guard (2...1 << 24).contains(threadBufferCapacity), threadBufferCapacity & (threadBufferCapacity - 1) == 0
            else {
                throw ConfigurationError(
                    field: "threadBufferCapacity", value: "\(threadBufferCapacity)",
                    allowed: "a power of two from 2 to \(1 << 24)")
            }
            guard (1...1024).contains(threadLimit) else {
                throw ConfigurationError(field: "threadLimit", value: "\(threadLimit)", allowed: "1 to 1024")
            }
            if let sendBufferByteCount, !(1024...1 << 30).contains(sendBufferByteCount) {
                throw ConfigurationError(
                    field: "sendBufferByteCount", value: "\(sendBufferByteCount)", allowed: "1024 to \(1 << 30)")
            }
            guard (Nanoseconds.zero ... .seconds(60)).contains(maximumSendWait) else {
                throw ConfigurationError(
                    field: "maximumSendWait", value: "\(maximumSendWait)", allowed: "0s to 60s")
            }
            try pipeline.validate()
        }

        /// The worker's own ring is small: it is emptied as fast as it is filled.
        static let workerBufferCapacity = 1024

        var pipeline: ClientConfiguration {
            var inner = ClientConfiguration()
            inner.bufferCapacity = Self.workerBufferCapacity
            inner.batchSize = batchSize
            inner.maximumBatchAge = maximumBatchAge
            inner.maximumPacketSize = maximumPacketSize
            inner.codec = codec
            inner.heartbeatInterval = heartbeatInterval
            inner.metricLimit = metricLimit
            inner.textCapacity = textCapacity
            return inner
        }

        /// Bytes this client allocates at most for its buffers while `threads` threads record; the names of metrics
        /// come on top, twice, and 60 bytes for each.
        public func memoryBudget(threads: Int) -> Int {
            let rings = min(threads, threadLimit) + (threads > threadLimit ? 1 : 0)
            let ring = 256 + threadBufferCapacity * 32
            let worker = 256 + Self.workerBufferCapacity * 40 + textCapacity + 2 * maximumPacketSize
            let texts = 2 * (textCapacity + LiveTexts.entryLimit * 64)
            return rings * ring + worker + texts + LiveWorker.batchLimit * (maximumPacketSize + 4) + threadLimit * 8
        }

        /// The budget as a person reads it: "this client will use 1.0 MB with 4 threads".
        public func memoryDescription(threads: Int) -> String {
            let tenths = (memoryBudget(threads: threads) + 50_000) / 100_000
            return "this client will use \(tenths / 10).\(tenths % 10) MB with \(threads) threads"
        }
    }
}
