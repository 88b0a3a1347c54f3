import StatsModel

@testable import StatsReceiver

/// The rules of gap detection as plainly as they can be written: every number of the session in a dictionary.
/// Slow, unbounded, and shares no code with what it judges.
struct NaiveTracker {
    enum State: Equatable {
        case arrived, lost
        case pending(since: UInt64)
    }

    let window: UInt64
    let maximumJump: UInt64
    let limit: UInt64
    var base: UInt64
    var highest: UInt64
    let firstArrival: UInt64
    /// Of numbers base...highest.
    var states: [UInt64: State] = [:]
    var duplicate: UInt64 = 0
    var late: UInt64 = 0
    var recovered: Set<UInt64> = []
    var everLost: Set<UInt64> = []
    var outOfRange: UInt64 = 0

    init(base: UInt64, now: UInt64, configuration: ReceiverConfiguration) {
        window = UInt64(configuration.window)
        maximumJump = configuration.maximumJump
        limit = UInt64(configuration.reorderLimit.rawValue)
        self.base = base
        highest = base - 1
        firstArrival = now
    }

    mutating func receive(_ sequence: UInt64, at now: UInt64) -> SequenceTracker.Arrival {
        expire(at: now)
        if sequence > highest {
            guard sequence - highest <= maximumJump else {
                outOfRange += 1
                return .outOfRange
            }
            grow(to: sequence, at: now)
            states[sequence] = .arrived
            leaveWindow()
            return .inOrder
        }
        guard highest - sequence < window else {
            outOfRange += 1
            return .outOfRange
        }
        if states[sequence] == .arrived {
            duplicate += 1
            return .duplicate
        }
        late += 1
        if sequence < base {
            for number in sequence..<base { states[number] = .pending(since: firstArrival) }
            base = sequence
        } else if states[sequence] == .lost {
            recovered.insert(sequence)
        }
        states[sequence] = .arrived
        expire(at: now)
        return .late
    }

    mutating func handleReport(of sequence: UInt64, at now: UInt64) {
        expire(at: now)
        guard sequence > highest, sequence - highest <= maximumJump else { return }
        grow(to: sequence, at: now)
        leaveWindow()
    }

    private mutating func grow(to sequence: UInt64, at now: UInt64) {
        for number in highest + 1...sequence { states[number] = .pending(since: now) }
        highest = sequence
    }

    private mutating func leaveWindow() {
        for (number, state) in states where state != .arrived && number + window <= highest { lose(number) }
    }

    mutating func expire(at now: UInt64) {
        for (number, state) in states {
            if case .pending(let since) = state, since + limit <= now { lose(number) }
        }
    }

    mutating func giveUpAll() {
        for (number, state) in states where state != .arrived { lose(number) }
    }

    private mutating func lose(_ number: UInt64) {
        states[number] = .lost
        everLost.insert(number)
    }

    var unique: UInt64 { UInt64(states.values.count { $0 == .arrived }) }
    var lostNumbers: [UInt64] { states.filter { $0.value == .lost }.keys.sorted() }
    var lost: UInt64 { UInt64(lostNumbers.count) }
    var pending: UInt64 { UInt64(states.count) - unique - lost }

    /// When the oldest hole becomes lost.
    var deadline: UInt64? {
        states.values.compactMap { state in
            if case .pending(let since) = state { since + limit } else { nil }
        }.min()
    }
}
