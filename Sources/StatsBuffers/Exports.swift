// What the buffers hold and answer. Only these types are shown. `README.md` in this folder says why each of them is there.
@_exported import struct StatsModel.EventFlags
@_exported import enum StatsModel.EventPriority
@_exported import struct StatsModel.Instant
@_exported import enum StatsModel.LossCause
@_exported import struct StatsModel.MetricID
@_exported import struct StatsModel.StatEvent
