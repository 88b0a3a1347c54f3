import StatsBuffers
import StatsClient
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// One event with its strings, which benchmarks encode repeatedly.
struct SampleRecord: Sendable {
    let type: MetricType
    let value: Double
    let timestamp: Int64
    /// The bytes of the name, then those of the tags.
    private let keys: [UInt8]
    private let key: MetricCatalog.Key

    init(_ type: MetricType, _ name: String, tags: String, value: Double) {
        self.type = type
        self.value = value
        timestamp = 1_700_000_000_000_000_000
        keys = Array(name.utf8) + Array(tags.utf8)
        let end = name.utf8.count
        key = MetricCatalog.Key(
            type, name: ByteRange(0..<end), tags: ByteRange(end..<keys.count), extra: .empty)
    }

    /// The event of the guide's serialisation benchmark.
    static let guide = SampleRecord(.gauge, "test.metric", tags: "env:prod,host:server1", value: 123.45)

    /// Encodes it `count` times with different timestamps. A full packet is discarded and begun again.
    func encode(_ count: Int, into builder: inout PacketBuilder) {
        let span = keys.span
        for number in 0..<count {
            let event = StatEvent(metric: MetricID(0), value: value, timestamp: timestamp &+ Int64(number & 0xFFFF))
            if builder.append(event, key: key, keys: span, text: .empty, texts: Span()) != .appended {
                builder.begin(timestamp: UInt64(timestamp))
                _ = builder.append(event, key: key, keys: span, text: .empty, texts: Span())
            }
        }
        BlackHole.swallow(builder.byteCount)
    }

    /// Encodes it as lines of text in the same way.
    func encode(_ count: Int, into builder: inout TextBuilder) {
        let span = keys.span
        let event = StatEvent(metric: MetricID(0), value: value, timestamp: timestamp)
        for _ in 0..<count where builder.append(event, key: key, keys: span, text: .empty, texts: Span()) != .appended {
            builder.begin()
            _ = builder.append(event, key: key, keys: span, text: .empty, texts: Span())
        }
        BlackHole.swallow(builder.byteCount)
    }

    /// A sealed packet that holds as many copies of it as fit.
    func packet(_ codec: PacketCodec, sequence: UInt64 = 1, maximumSize: Int = 1472) -> [UInt8] {
        var builder = PacketBuilder(maximumSize: maximumSize, codec: codec)
        builder.begin(timestamp: UInt64(timestamp))
        let event = StatEvent(metric: MetricID(0), value: value, timestamp: timestamp)
        while builder.append(event, key: key, keys: keys.span, text: .empty, texts: Span()) == .appended {}
        _ = builder.seal(session: 1, sequence: sequence)
        return builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
    }

    /// Registers the metric in a pipeline without other metrics, and returns its number.
    func register(in pipeline: inout ClientPipeline) -> MetricID {
        let event = DecodedEvent(type: type, value: value, name: key.name, tags: key.tags)
        let answer = pipeline.record(event, bytes: keys.span, timestamp: timestamp, at: .start)
        precondition(answer == .buffered, "an empty pipeline has room")
        return MetricID(UInt32(pipeline.catalog.count - 1))
    }
}
