// Types of other modules that a test needs: the client's configuration, and the names of events and losses. Only these types are
// exported. `README.md` in this folder gives the reason for each of them.
@_exported import enum StatsModel.LossCause
@_exported import enum StatsModel.MetricType
@_exported import struct StatsModel.Ratio
@_exported import struct StatsPipeline.AggregatorConfiguration
@_exported import struct StatsPipeline.BreakerConfiguration
@_exported import struct StatsPipeline.ClientConfiguration
@_exported import enum StatsPipeline.ClientPreset
@_exported import struct StatsPipeline.ConfigurationError
@_exported import enum StatsPipeline.DropStrategy
@_exported import struct StatsPipeline.MetricPattern
@_exported import struct StatsPipeline.ParityConfiguration
@_exported import struct StatsPipeline.PriorityRules
@_exported import enum StatsPipeline.Redundancy
@_exported import struct StatsPipeline.ReliabilityConfiguration
@_exported import struct StatsPipeline.SamplingPlan
@_exported import enum StatsWire.PacketCodec
