package import StatsModel

/// The scheduled restarts as a machine in virtual time. The earliest comes first; several at one instant come in the order
/// given.
package struct RestartSchedule: Sendable {
    /// The process that restarts.
    package enum Process: Sendable {
        case receiver, client
    }

    /// One restart that is due.
    package struct Restart: Equatable, Sendable {
        package let process: Process
        package let time: Instant
        /// The index of the failure that causes it, from 0.
        package let fault: Int
    }

    private struct Entry {
        let process: Process
        let fault: Int
        let period: Nanoseconds?
        /// nil if it will not happen again.
        var next: Instant?
    }

    private var entries: [Entry]

    /// nil if nothing ever restarts.
    package init?(_ faults: [DownstreamFault]) {
        entries = []
        for (index, fault) in faults.enumerated() {
            let process: Process
            switch fault.kind {
            case .restart: process = .receiver
            case .clientRestart: process = .client
            case .refuse, .unreachable, .blackhole, .stall, .buffers, .slow, .burst: continue
            }
            // A receiver is down first, and loses its state when it comes up.
            let first = Instant.start + fault.start + fault.length
            entries.append(Entry(process: process, fault: index, period: fault.period, next: first))
        }
        if entries.isEmpty { return nil }
    }

    /// The time of this process's next restart; nil if none will come.
    package func next(of process: Process) -> Instant? {
        entries.filter { $0.process == process }.compactMap(\.next).min()
    }

    /// Whether this process ever restarts by the schedule.
    package func holds(_ process: Process) -> Bool { entries.contains { $0.process == process } }

    /// The next restart due at `time`; nil if none is due. O(failures).
    package mutating func poll(at time: Instant) -> Restart? {
        var due: (index: Int, time: Instant)?
        for (index, entry) in entries.enumerated() {
            guard let next = entry.next, next <= time, due.map({ next < $0.time }) ?? true else { continue }
            due = (index, next)
        }
        guard let due else { return nil }
        let entry = entries[due.index]
        entries[due.index].next = entry.period.map { due.time + $0 }
        return Restart(process: entry.process, time: due.time, fault: entry.fault)
    }

    /// The client is not started again from now on.
    package mutating func stopClient() {
        for index in entries.indices where entries[index].process == .client { entries[index].next = nil }
    }
}
