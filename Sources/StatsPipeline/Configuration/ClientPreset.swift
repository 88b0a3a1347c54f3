/// Named configurations: the guide's three, and one for each row of its table of scenarios.
///
/// | name | for | buffer | batch | strategy | besides |
/// |---|---|---|---|---|---|
/// | `standard` | historical analysis: recorded events are kept | 8192 | 50, 100 ms | newest is refused | |
/// | `high-throughput` | many events, low latency | 16384 | 10 to 100, 50 ms | lowest priority is lost | aggregates for 1 s |
/// | `reliable` | reliability over performance | 32768 | 20, 200 ms | oldest is evicted | breaker, every packet twice |
/// | `low-memory` | little memory | 4096 | 50, 100 ms | sampled to a half | 512 KiB at most |
/// | `real-time` | new data is more valuable | 8192 | 50, 100 ms | oldest is evicted | |
/// | `mixed-workload` | critical metrics get through | 8192 | 50, 100 ms | lowest priority is lost | critical packets twice |
/// | `high-cardinality` | remaining events represent the whole | 8192 | 50, 100 ms | sampled | |
/// | `unreliable-network` | a downstream that fails | 8192 | 50, 100 ms | oldest is evicted | breaker |
/// | `parity` | a receiver that cannot answer | 8192 | 50, 100 ms | newest is refused | parity packets, no retransmission |
/// | `bare` | comparison: a lost packet stays lost | 8192 | 50, 100 ms | newest is refused | no retransmission |
///
/// `low-memory` keeps no running totals of metrics. All presets except `parity` and `bare` retransmit packets that their receiver
/// misses (``ReliabilityConfiguration``).
public enum ClientPreset: String, CaseIterable, Sendable {
    /// Keeps recorded events: a full buffer refuses new ones.
    case standard
    /// Many events with low latency.
    case highThroughput = "high-throughput"
    /// Reliability before performance.
    case reliable
    /// At most 512 KiB.
    case lowMemory = "low-memory"
    /// New events before old ones.
    case realTime = "real-time"
    /// Critical metrics before others.
    case mixedWorkload = "mixed-workload"
    /// A sample that represents all events.
    case highCardinality = "high-cardinality"
    /// A downstream that fails at times.
    case unreliableNetwork = "unreliable-network"
    /// A receiver that cannot answer.
    case parity
    /// No retransmission, for comparisons.
    case bare

    /// The name on the command line and in configuration files.
    public var name: String { rawValue }

    /// The preset with this name, or nil.
    public init?(name: String) { self.init(rawValue: name) }

    /// The preset's configuration.
    public var configuration: ClientConfiguration {
        switch self {
        case .standard: .standard
        case .highThroughput: .highThroughput
        case .reliable: .reliable
        case .lowMemory: .lowMemory
        case .realTime: .realTime
        case .mixedWorkload: .mixedWorkload
        case .highCardinality: .highCardinality
        case .unreliableNetwork: .unreliableNetwork
        case .parity: .parity
        case .bare: .bare
        }
    }
}
