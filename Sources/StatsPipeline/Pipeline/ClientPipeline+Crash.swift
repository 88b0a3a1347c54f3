package import StatsModel

extension ClientPipeline {
    /// Ends the client as if its process had ended. Events in the buffer, in the open packet and in the aggregator are lost as
    /// `client_restart`. Waiting second copies and closing packets are not sent. Afterwards the pipeline is closed, and its
    /// accounting is complete.
    package mutating func crash(at now: Instant) { abandon(as: .clientRestart, at: now) }
}
