package import StatsModel

extension ClientPipeline {
    /// The process dies: what waits in the buffer, in the open packet and in the aggregator is lost as `client_restart`,
    /// second copies that wait are not sent, and no closing packet is. Afterwards it is closed, and its accounting is complete.
    package mutating func crash(at now: Instant) { abandon(as: .clientRestart, at: now) }
}
