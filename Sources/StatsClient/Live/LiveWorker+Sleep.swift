import CLinuxNet
import StatsModel
import StatsPipeline
import SystemIO

/// The worker's sleep, and the reasons to wake it.
extension LiveWorker {
    /// Sleeps until something is due, until it is time to poll for acknowledgements, or until a recorder wakes it. While events
    /// come, it sleeps for one tick at most.
    mutating func sleep(closingAt closing: Instant?) {
        let now = core.clock.now
        var wait: Nanoseconds?
        if let due = pipeline.nextDeadline { wait = due - now }
        if let closing { wait = min(wait ?? Self.tick, closing - now, Self.tick) }
        // With a full pipeline events stay in their rings, so looking at the rings again at once would not help.
        let isBlocked = sender.isStalled || pipeline.freeCount == 0
        if isBlocked || now < lastEvent + Self.idleLimit || closing != nil {
            core.spot.park(timeout: isBlocked ? Self.tick : min(wait ?? Self.tick, Self.tick))
            return
        }
        let seen = core.timeWord
        if seen > LiveCore.asleep, !core.setTime(LiveCore.asleep, over: seen) { return }
        let hasBarrier = clinuxnet_process_barrier() == 0
        if isWaiting { return wakeUp() }
        // A recorder that saw the worker awake may have added to a sum since the last flush.
        if pipeline.isAggregating, seen > LiveCore.asleep || !hasBarrier {
            pipeline.handleAggregated(at: now)
            if let due = pipeline.nextDeadline { wait = min(wait ?? due - now, due - now) }
        }
        if !hasBarrier { wait = min(wait ?? Self.fallbackSleep, Self.fallbackSleep) }
        if pipeline.isRepairing, pipeline.awaitsAnswer || now < lastPacket + Self.answerWindow {
            wait = min(wait ?? Self.answerPollInterval, Self.answerPollInterval)
        }
        // A recorder that adds to a sum leaves nothing in the rings. Its wake-up is the only sign.
        if core.spot.park(timeout: wait), pipeline.isAggregating { lastEvent = core.clock.now }
    }

    private func wakeUp() { core.setTime(SystemClock.wallNanoseconds, over: LiveCore.asleep) }
}
