// Types that a user of the client names or receives, and that belong to targets which are no products.
// Only these types are shown. `README.md` in the folder above gives the reason for each of them.
@_exported import enum StatsBuffers.PushResult
@_exported import enum StatsModel.EventPriority
@_exported import struct StatsModel.Ledger
@_exported import enum StatsModel.LossCause
@_exported import enum StatsModel.MetricType
@_exported import struct StatsModel.Ratio
@_exported import struct StatsModel.Tally
@_exported import struct StatsModel.TypeCounts
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
@_exported import enum StatsWire.WireFormat
@_exported import enum SystemIO.Destination
@_exported import struct SystemIO.DestinationError
@_exported import struct SystemIO.SystemError
