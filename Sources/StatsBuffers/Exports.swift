// The contents and results of the buffers. Only these types are shown. `README.md` in this folder gives the reason for each.
@_exported import struct StatsModel.EventFlags
@_exported import enum StatsModel.EventPriority
@_exported import struct StatsModel.Instant
@_exported import enum StatsModel.LossCause
@_exported import struct StatsModel.MetricID
@_exported import struct StatsModel.StatEvent
