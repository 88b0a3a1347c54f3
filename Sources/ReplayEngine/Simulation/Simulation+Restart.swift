import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver

/// Processes that die and start again. What restarts does so before everything else that is due at the same instant.
extension Simulation {
    /// Lets one process restart that is due; false where none is.
    mutating func restart(through time: Instant) -> Bool {
        guard let restart = restarts?.poll(at: time) else { return false }
        now = max(now, restart.time)
        switch restart.process {
        case .receiver: restartReceiver()
        case .client: restartClient(fault: restart.fault)
        }
        return true
    }

    private mutating func restartReceiver() {
        receiver.handleTimeout(at: now)
        Self.drainLost(&receiver, &books, &saboteur)
        books.parity.counts += receiver.parityCounts
        takeRestated()
        receiver.restart(at: now)
        books.restartReceiver(next: restarts?.next(of: .receiver))
    }

    private mutating func restartClient(fault: Int) {
        client.crash(at: now)
        while let transition = client.pollBreakerTransition() { books.recordTransition(transition) }
        pastClients.add(client)
        let lost = client.dropped[.clientRestart].counts
        let session = scenario.session(life: books.restarts.client + 1)
        books.restartClient(session: session, losing: lost, fault: fault)
        client = ClientPipeline(configuration: scenario.client, session: session)
        network.handleClientRestart()
        senderFree = now
        hasRecorded = false
    }
}

extension Scenario {
    /// The session number of the client that was started again so many times.
    func session(life: UInt64) -> UInt64 { KeyedRandom(seed: seed).draw(rule: 0x5E55_1011, flow: 0, sequence: life) }
}
