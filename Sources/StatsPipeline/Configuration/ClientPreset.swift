/// Configurations with a name: the guide's three, and one for each row of its table of scenarios.
///
/// | name | for | buffer | batch | strategy | beside |
/// |---|---|---|---|---|---|
/// | `standard` | historical analysis: what was recorded is kept | 8192 | 50, 100 ms | newest gives way | |
/// | `high-throughput` | many events, low latency | 16384 | 10 to 100, 50 ms | low priority gives way | counters added up for 1 s |
/// | `reliable` | reliability over performance | 32768 | 20, 200 ms | oldest gives way | breaker, every packet twice |
/// | `low-memory` | little memory | 4096 | 50, 100 ms | sampled to a half | 512 KiB at most |
/// | `real-time` | fresh data is worth more | 8192 | 50, 100 ms | oldest gives way | |
/// | `mixed-workload` | critical metrics get through | 8192 | 50, 100 ms | low priority gives way | critical packets twice |
/// | `high-cardinality` | what is left still adds up | 8192 | 50, 100 ms | sampled | |
/// | `unreliable-network` | a downstream that fails | 8192 | 50, 100 ms | oldest gives way | breaker |
/// | `parity` | a receiver that cannot answer | 8192 | 50, 100 ms | newest gives way | parity packets; nothing is sent again |
/// | `bare` | comparison: what gets lost stays lost | 8192 | 50, 100 ms | newest gives way | nothing is sent again |
///
/// `low-memory` keeps no running totals of metrics. All but `parity` and `bare` send again what their receiver lacks (``ReliabilityConfiguration``).
public enum ClientPreset: String, CaseIterable, Sendable {
    case standard
    case highThroughput = "high-throughput"
    case reliable
    case lowMemory = "low-memory"
    case realTime = "real-time"
    case mixedWorkload = "mixed-workload"
    case highCardinality = "high-cardinality"
    case unreliableNetwork = "unreliable-network"
    case parity
    case bare

    /// The name on the command line and in configuration files.
    public var name: String { rawValue }

    public init?(name: String) { self.init(rawValue: name) }

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
