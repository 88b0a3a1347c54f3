// `import StatsReplay` runs a capture and judges the run. The engine cannot re-export what imports it, so this room stands
// above both; whoever writes a test names captures, faults, clients and counts, whose rooms are no products of their own.
@_exported public import NetworkEmulator
@_exported public import PacketCapture
@_exported public import ReplayEngine
@_exported public import StatsModel
@_exported public import StatsPipeline
@_exported public import StatsReceiver
@_exported public import Verification
