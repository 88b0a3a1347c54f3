import StatsModel
import StatsReceiver

/// How far a receiver can know one session's numbers, worked out beside it from the intact packets that arrive.
///
/// One packet is believed at most `maximumJump` numbers ahead; beyond, two data packets in a row that follow each other are.
/// What such a jump passes over nobody can know, and neither what lies before the first number heard where that is as far
/// ahead. A number a window or more behind the highest may have come before or not: a packet with it has to be refused.
struct HeardNumbers: Sendable {
    private let window: UInt64
    private let maximumJump: UInt64
    /// The highest number that was believed.
    private(set) var highest: UInt64 = 0
    private var strayed: UInt64?
    /// Passed over by jumps.
    private(set) var unknown = SequenceSet()

    init(_ configuration: ReceiverConfiguration) {
        window = UInt64(configuration.window)
        maximumJump = configuration.maximumJump
    }

    /// An intact packet arrived: data with this number, or another kind that speaks of it.
    mutating func record(_ number: UInt64, isData: Bool) {
        if number <= highest {
            if isData, highest - number < window { strayed = nil }
        } else if number - highest <= maximumJump {
            highest = number
            if isData { strayed = nil }
        } else if highest == 0 {
            pass(to: isData ? number - 1 : number)
            highest = number
        } else if isData {
            guard strayed == number - 1 else {
                strayed = number
                return
            }
            pass(to: number - 1)
            highest = number
            strayed = nil
        }
    }

    private mutating func pass(to end: UInt64) {
        if highest < end { unknown.insert(highest + 1...end) }
    }

    /// Whether a data packet with this number, which ``record(_:isData:)`` was told of, has to be refused.
    func isOutOfRange(_ number: UInt64) -> Bool {
        number > highest || highest - number >= window
    }

    /// Whether it is refused because it is too far ahead: a later copy may be accepted.
    func isAhead(_ number: UInt64) -> Bool { number > highest }
}
