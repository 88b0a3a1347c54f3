import StatsModel

/// Packets per second over about the last second. This is a pure machine.
struct CaptureRate {
    private static let window = Nanoseconds.seconds(1)
    private var samples: [(packets: UInt64, at: Nanoseconds)] = []

    mutating func record(packets: UInt64, at now: Nanoseconds) {
        samples.append((packets, now))
        // The oldest sample kept is the latest one that is at least a window old.
        while samples.count > 2, samples[1].at + Self.window <= now { samples.removeFirst() }
    }

    var packetsPerSecond: UInt64 {
        guard let first = samples.first, let last = samples.last, last.at > first.at else { return 0 }
        let seconds = Double(last.at.rawValue - first.at.rawValue) / 1e9
        return UInt64((Double(last.packets - first.packets) / seconds).rounded())
    }
}
