import StatsModel

/// The events that a small shop records, as an open-loop schedule: a slow receiver does not change it. Event number N is due at
/// N / rate seconds. Only seed and number decide its content.
struct LoadPlan {
    enum Event: Equatable {
        case order(region: Int)
        case carts(Int)
        case latency(milliseconds: Double)
        case bytes(Int)
        case amount(Double)
        case visitor(Int)
        case deploy(Int)
        case check(Int)
    }

    static let regions = ["eu-west", "us-east", "ap-south"]

    private let random: KeyedRandom
    private let eventsPerSecond: Double
    /// The number of events in the whole plan.
    let count: UInt64
    private let length: Nanoseconds
    private(set) var position: UInt64 = 0

    /// - Parameter eventsPerSecond: above zero
    init(seed: UInt64, eventsPerSecond: Double, duration: Nanoseconds) {
        precondition(eventsPerSecond > 0, "a load has a rate")
        random = KeyedRandom(seed: seed)
        self.eventsPerSecond = eventsPerSecond
        length = duration
        count = UInt64(min(1e18, (duration.seconds * eventsPerSecond).rounded(.up)))
    }

    /// How long after the plan's end late events are still recorded.
    static let grace = Nanoseconds.seconds(1)

    enum Step: Equatable {
        case record(Event, lateness: Nanoseconds)
        case wait(Nanoseconds)
        /// Every event was recorded, or the time is up because events were planned at a higher rate than can be recorded.
        case finished
    }

    /// The next step at `now`, counted from the plan's beginning. A plan lasts at most its duration plus a second, whatever its
    /// rate.
    mutating func poll(at now: Instant) -> Step {
        guard position < count, now < .start + length + Self.grace else { return .finished }
        let due = due(position)
        if now < due { return .wait(due - now) }
        guard let event = next()?.event else { return .finished }
        return .record(event, lateness: now - due)
    }

    private func due(_ position: UInt64) -> Instant {
        Instant(nanoseconds: UInt64(Double(position) * 1e9 / eventsPerSecond))
    }

    /// The next event and its due time; nil when the duration is over.
    mutating func next() -> (due: Instant, event: Event)? {
        guard position < count else { return nil }
        let draw = random.draw(rule: 0x10AD, flow: 0, sequence: position)
        let due = due(position)
        position += 1
        return (due, Self.event(draw))
    }

    private static func event(_ draw: UInt64) -> Event {
        let number = Int(draw >> 32 & 0xFFFF)
        switch draw % 1000 {
        case 0..<400: return .order(region: number % regions.count)
        case 400..<550: return .carts(number % 500)
        case 550..<800: return .latency(milliseconds: Double(number % 40_000) / 100)
        case 800..<870: return .bytes(number)
        case 870..<930: return .amount(Double(number) / 100)
        case 930..<990: return .visitor(number % 2000)
        case 990..<993: return .deploy(number)
        default: return .check(number % 4)
        }
    }
}
